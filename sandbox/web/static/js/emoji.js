// Shortcodes that Slack turns into pictures, as Unicode. Unknown ones stay as they were written.

const TABLE = `smile 😄|grinning 😀|slightly_smiling_face 🙂|wink 😉|joy 😂|sweat_smile 😅|blush 😊|heart_eyes 😍|star-struck 🤩|partying_face 🥳|sunglasses 😎|nerd_face 🤓|thinking_face 🤔|thinking 🤔|neutral_face 😐|sleeping 😴|cry 😢|sob 😭|rage 😡|scream 😱|upside_down_face 🙃|zipper_mouth_face 🤐|face_with_rolling_eyes 🙄|hugging_face 🤗|robot_face 🤖|ghost 👻|skull 💀|clown_face 🤡|see_no_evil 🙈
wave 👋|+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|clap 👏|pray 🙏|muscle 💪|raised_hands 🙌|ok_hand 👌|point_right 👉|point_left 👈|point_up ☝️|point_down 👇|handshake 🤝|writing_hand ✍️|eyes 👀|brain 🧠|bust_in_silhouette 👤|busts_in_silhouette 👥
heart ❤️|orange_heart 🧡|yellow_heart 💛|green_heart 💚|blue_heart 💙|purple_heart 💜|broken_heart 💔|sparkling_heart 💖|100 💯|boom 💥|dizzy 💫|zzz 💤|speech_balloon 💬|thought_balloon 💭
tada 🎉|confetti_ball 🎊|balloon 🎈|gift 🎁|trophy 🏆|medal 🏅|sports_medal 🏅|first_place_medal 🥇|second_place_medal 🥈|third_place_medal 🥉|dart 🎯|game_die 🎲|slot_machine 🎰|video_game 🎮|crown 👑|gem 💎|star ⭐|star2 🌟|sparkles ✨|fire 🔥|rocket 🚀|zap ⚡|rainbow 🌈|sunny ☀️|sunrise 🌅|cloud ☁️|snowflake ❄️|ocean 🌊|crescent_moon 🌙|owl 🦉|bird 🐦|unicorn_face 🦄|lion_face 🦁|cat 🐱|dog 🐶|fox_face 🦊|bear 🐻|panda_face 🐼|turtle 🐢|butterfly 🦋|bee 🐝
calendar 📆|date 📅|spiral_calendar_pad 🗓️|clock1 🕐|clock2 🕑|clock3 🕒|clock4 🕓|clock9 🕘|clock10 🕙|clock11 🕚|alarm_clock ⏰|stopwatch ⏱️|timer_clock ⏲️|hourglass ⌛|hourglass_flowing_sand ⏳|watch ⌚|bell 🔔|no_bell 🔕|mega 📣|loudspeaker 📢|telephone_receiver 📞|phone ☎️|iphone 📱|email 📧|envelope ✉️|incoming_envelope 📨|inbox_tray 📥|outbox_tray 📤|package 📦|mailbox 📫
memo 📝|pencil 📝|pencil2 ✏️|clipboard 📋|page_facing_up 📄|bookmark 🔖|bookmark_tabs 📑|books 📚|book 📖|notebook 📓|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|pushpin 📌|round_pushpin 📍|paperclip 📎|link 🔗|lock 🔒|unlock 🔓|key 🔑|mag 🔍|mag_right 🔎|bulb 💡|gear ⚙️|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️|toolbox 🧰|shield 🛡️|moneybag 💰|coin 🪙|credit_card 💳|euro 💶|ticket 🎟️|briefcase 💼|office 🏢|house 🏠|door 🚪|desktop_computer 🖥️|computer 💻|wastebasket 🗑️
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|heavy_multiplication_x ✖️|negative_squared_cross_mark ❎|no_entry ⛔|no_entry_sign 🚫|warning ⚠️|exclamation ❗|question ❓|grey_question ❔|information_source ℹ️|sos 🆘|new 🆕|free 🆓|up 🆙|ok 🆗|cool 🆒|recycle ♻️|arrows_counterclockwise 🔄|repeat 🔁|rewind ⏪|fast_forward ⏩|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrow_right_hook ↪️|leftwards_arrow_with_hook ↩️|heavy_plus_sign ➕|heavy_minus_sign ➖|infinity ♾️
red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|large_purple_circle 🟣|black_circle ⚫|white_circle ⚪|large_green_square 🟩|large_yellow_square 🟨|large_red_square 🟥|black_large_square ⬛|white_large_square ⬜|small_blue_diamond 🔹|small_orange_diamond 🔸|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|keycap_ten 🔟
coffee ☕|beer 🍺|beers 🍻|champagne 🍾|clinking_glasses 🥂|pizza 🍕|cake 🍰|birthday 🎂|cookie 🍪|apple 🍎|palm_tree 🌴|beach_with_umbrella 🏖️|airplane ✈️|car 🚗|bike 🚲|running 🏃|walking 🚶|face_with_thermometer 🤒|hospital 🏥|syringe 💉|tooth 🦷|de 🇩🇪|gb 🇬🇧|us 🇺🇸|flag-de 🇩🇪|flag-gb 🇬🇧`;

const EMOJI = new Map(
  TABLE.split(/[|\n]/).map((pair) => {
    const gap = pair.lastIndexOf(" ");
    return [pair.slice(0, gap), pair.slice(gap + 1)];
  }),
);

export const emoji = (name) => EMOJI.get(name) ?? null;

/** Replaces the shortcodes in a plain text. */
export const withEmoji = (text) =>
  text.replace(/:([a-z0-9_+-]+):(?::skin-tone-\d:)?/g, (whole, name) => emoji(name) ?? whole);
