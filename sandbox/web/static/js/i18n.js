// The page's own words, in the language of the person who looks.

const WORDS = {
  de: {
    home: "Home", messages: "Nachrichten", calendar: "Kalender", channels: "Channels", directMessages: "Direktnachrichten", apps: "Apps",
    switchPerson: "Person wechseln", actingAs: "Du siehst Slack als", sandbox: "Sandbox", menu: "Menü", skip: "Zum Inhalt springen", close: "Schließen", cancel: "Abbrechen",
    back: "Zurück", themeDark: "Dunkel", themeLight: "Hell", theme: "Hell oder dunkel", newMessage: "Neue Direktnachricht", search: "Suchen",
    write: "Nachricht an {name}", writeThread: "Antworten …", send: "Senden", shortcuts: "Shortcuts", noShortcuts: "Diese App hat keine Shortcuts.",
    edited: "(bearbeitet)", onlyYou: "Nur für dich sichtbar", today: "Heute", yesterday: "Gestern", tomorrow: "Morgen", newLine: "Neu",
    moreActions: "Weitere Aktionen", replyInThread: "Im Thread antworten", thread: "Thread", replies: "{n} Antworten", oneReply: "1 Antwort",
    emptyChannel: "Hier beginnt {name}.", emptyDirect: "Hier beginnt deine Unterhaltung mit {name}.", emptyChannelHint: "Schreib etwas, oder tippe / für die Befehle von Slotquest.", app: "APP",
    homeEmpty: "Hier ist noch nichts", homeEmptyHint: "Sobald Slotquest läuft, erscheint hier dein Tag.", botOffline: "Slotquest ist nicht verbunden", botOnline: "Slotquest ist verbunden",
    reconnecting: "Verbindung verloren. Ich versuche es wieder …", commandFailed: '{command} ist fehlgeschlagen mit dem Fehler „{error}“',
    notCommand: "{command} ist kein gültiger Befehl. In Slack werden alle Nachrichten, die mit „/“ beginnen, als Befehle verstanden. Wenn du eine Nachricht senden willst, setz ein Leerzeichen davor.",
    trouble: "Es gab ein Problem mit der Verbindung zur App. Versuch es noch einmal.", actionFailed: "Das hat nicht geklappt: {error}", required: "Bitte fülle dieses Feld aus.", optional: "(optional)",
    tooShort: "Mindestens {n} Zeichen.", tooLong: "Höchstens {n} Zeichen.", badEmail: "Bitte gib eine gültige E-Mail-Adresse ein.", badUrl: "Bitte gib eine gültige URL ein.", badNumber: "Bitte gib eine Zahl ein.", badWhole: "Bitte gib eine ganze Zahl ein.",
    tooSmall: "Mindestens {n}.", tooLarge: "Höchstens {n}.", tooMany: "Höchstens {n} auswählen.", choose: "Auswählen", chooseDate: "Datum wählen", chooseTime: "Uhrzeit wählen", noResults: "Nichts gefunden", searching: "Suche …",
    typeMore: "Tippe mindestens {n} Zeichen", clear: "Auswahl löschen", remove: "{name} entfernen", upload: "Datei auswählen", image: "Bild", sending: "Wird gesendet …", slackbotName: "Slackbot", commands: "Befehle", shown: "Anzeigen", hide: "Ausblenden", justNow: "gerade eben",
    prevWeek: "Zurück", nextWeek: "Weiter", week: "Woche", day: "Tag", allDay: "Ganztägig", newEvent: "Neuer Termin", editEvent: "Termin bearbeiten", title: "Titel", starts: "Beginn", ends: "Ende", calendarOf: "Kalender",
    showAs: "Anzeigen als", busy: "Beschäftigt", free: "Frei", visibility: "Sichtbarkeit", vDefault: "Standard", vPublic: "Öffentlich", vPrivate: "Privat", color: "Farbe", colorNone: "Ohne", save: "Speichern", delete: "Löschen", reallyDelete: "Diesen Termin löschen?",
    deleted: "Termin gelöscht", saved: "Gespeichert", noTitle: "(Ohne Titel)", calendars: "Kalender", all: "Alle", none: "Keine", only: "nur {name}", description: "Beschreibung", endBeforeStart: "Das Ende liegt vor dem Beginn.", weekNumber: "KW {n}", recurring: "Teil einer Serie",
    outcomeDone: "stattgefunden", outcomeNoShow: "nicht erschienen", outcomeCancelled: "abgesagt", undo: "Rückgängig", prevMonth: "Voriger Monat", nextMonth: "Nächster Monat", noCalendars: "Es sind keine Kalender eingerichtet.", details: "Details", members: "{n} Mitglieder", roleAdmin: "Admin", copyText: "Text kopieren", copied: "Kopiert", video: "Video ansehen", loading: "Lädt …", confirmDefault: "Ja",
  },
  en: {
    home: "Home", messages: "Messages", calendar: "Calendar", channels: "Channels", directMessages: "Direct messages", apps: "Apps",
    switchPerson: "Switch person", actingAs: "You see Slack as", sandbox: "Sandbox", menu: "Menu", skip: "Skip to the content", close: "Close", cancel: "Cancel",
    back: "Back", themeDark: "Dark", themeLight: "Light", theme: "Light or dark", newMessage: "New direct message", search: "Search",
    write: "Message {name}", writeThread: "Reply…", send: "Send", shortcuts: "Shortcuts", noShortcuts: "This app has no shortcuts.",
    edited: "(edited)", onlyYou: "Only visible to you", today: "Today", yesterday: "Yesterday", tomorrow: "Tomorrow", newLine: "New",
    moreActions: "More actions", replyInThread: "Reply in thread", thread: "Thread", replies: "{n} replies", oneReply: "1 reply",
    emptyChannel: "This is the very beginning of {name}.", emptyDirect: "This is the very beginning of your conversation with {name}.", emptyChannelHint: "Write something, or type / for Slotquest's commands.", app: "APP",
    homeEmpty: "Nothing here yet", homeEmptyHint: "As soon as Slotquest runs, your day appears here.", botOffline: "Slotquest is not connected", botOnline: "Slotquest is connected",
    reconnecting: "Connection lost. Trying again…", commandFailed: '{command} failed with the error "{error}"',
    notCommand: '{command} is not a valid command. In Slack, all messages that start with the "/" character are interpreted as commands. If you are trying to send a message and not run a command, try preceding the "/" with an empty space.',
    trouble: "We had some trouble connecting to the app. Try again?", actionFailed: "That did not work: {error}", required: "Please complete this required field.", optional: "(optional)",
    tooShort: "At least {n} characters.", tooLong: "At most {n} characters.", badEmail: "Please enter a valid email address.", badUrl: "Please enter a valid URL.", badNumber: "Please enter a number.", badWhole: "Please enter a whole number.",
    tooSmall: "At least {n}.", tooLarge: "At most {n}.", tooMany: "Choose at most {n}.", choose: "Select an option", chooseDate: "Select a date", chooseTime: "Select a time", noResults: "No results", searching: "Searching…",
    typeMore: "Type at least {n} characters", clear: "Clear selection", remove: "Remove {name}", upload: "Choose a file", image: "Image", sending: "Sending…", slackbotName: "Slackbot", commands: "Commands", shown: "Show", hide: "Hide", justNow: "just now",
    prevWeek: "Previous", nextWeek: "Next", week: "Week", day: "Day", allDay: "All day", newEvent: "New event", editEvent: "Edit event", title: "Title", starts: "Starts", ends: "Ends", calendarOf: "Calendar",
    showAs: "Show as", busy: "Busy", free: "Free", visibility: "Visibility", vDefault: "Default", vPublic: "Public", vPrivate: "Private", color: "Color", colorNone: "None", save: "Save", delete: "Delete", reallyDelete: "Delete this event?",
    deleted: "Event deleted", saved: "Saved", noTitle: "(No title)", calendars: "Calendars", all: "All", none: "None", only: "only {name}", description: "Description", endBeforeStart: "The end is before the start.", weekNumber: "Week {n}", recurring: "Part of a series",
    outcomeDone: "took place", outcomeNoShow: "no-show", outcomeCancelled: "cancelled", undo: "Undo", prevMonth: "Previous month", nextMonth: "Next month", noCalendars: "No calendars are set up.", details: "Details", members: "{n} members", roleAdmin: "Admin", copyText: "Copy text", copied: "Copied", video: "Watch video", loading: "Loading…", confirmDefault: "Yes",
  },
};

let language = "de";

export function setLanguage(next) {
  language = WORDS[next] ? next : "en";
  document.documentElement.lang = language;
}

export const locale = () => (language === "de" ? "de-DE" : "en-GB");
export const languages = () => Object.keys(WORDS);
export const words = (name) => WORDS[name];

export function t(key, values = {}) {
  const text = WORDS[language][key] ?? WORDS.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
