"""Customers who could exist but do not: names as they sound in a German city, and telephone numbers kept for fiction.

The numbers come from the ranges that the Bundesnetzagentur reserves for films ("Drama-Nummern"); nobody has them.
"""

import random
import unicodedata
from dataclasses import dataclass

FIRST = (
    "Sabine Andrea Petra Claudia Susanne Martina Birgit Katrin Anna Julia Lena Laura Sophie Marie Hannah Johanna "
    "Katharina Franziska Christina Melanie Sandra Nicole Stefanie Heike Renate Ursula Monika Ingrid Gisela Leonie "
    "Michael Thomas Andreas Stefan Peter Frank Jürgen Uwe Markus Christian Matthias Sebastian Daniel Tobias Florian "
    "Jan Philipp Felix Maximilian Jonas Paul Leon Tim Niklas Simon Bernd Wolfgang Dieter Rainer Klaus Jörg Björn "
    "Ayşe Fatma Elif Zeynep Mehmet Mustafa Hasan Yusuf Murat Can Olga Natalia Irina Svetlana Dmitri Sergej Viktor "
    "Agnieszka Katarzyna Małgorzata Piotr Tomasz Krzysztof Marek Giulia Francesca Chiara Marco Luca Alessandro "
    "Maria Ana Carmen Lucía José Carlos Javier João Nuno Aisha Layla Samira Omar Khaled Ahmad Amir Navid Shirin "
    "Linh Thuy Minh Wei Mei Yuki Priya Anjali Rahul Chinedu Amina Kofi Grace David Emily James Chloé Amélie Louis"
)
LAST = (
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf "
    "Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause Meier Lehmann Schmid "
    "Schulze Maier Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn "
    "Schubert Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster "
    "Simon Ludwig Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt "
    "Haas Schreiber Graf Schulte Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold "
    "Yılmaz Kaya Demir Şahin Çelik Öztürk Aydın Arslan Doğan Nowak Kowalski Wiśniewski Wójcik Kamiński Lewandowski "
    "Iwanow Petrow Smirnow Popow Volkov Rossi Russo Ferrari Esposito Bianchi García Fernández López Martínez Silva "
    "Santos Ferreira Costa Haddad Khalil Mansour Rahimi Hosseini Nguyen Tran Pham Chen Wang Tanaka Sharma Patel Okafor "
    "Mensah Smith Johnson Taylor Dubois Laurent Janssen van-der-Berg de-Vries Lindqvist Hansen"
)
RANGES = (("49221", "4710", 3, 1000), ("4930", "23125", 3, 250), ("4940", "66969", 3, 150), ("4969", "90009", 3, 150),
          ("4989", "99998", 3, 100), ("49171", "39200", 2, 100))  # fmt: skip
MAIL = ("post.example", "mail.example", "kunde.example", "web.example")
ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ı": "i", "ł": "l"})


@dataclass(frozen=True)
class Customer:
    """`risk` is added to the chance that this one does not show up."""

    name: str
    phone: str
    email: str | None
    risk: float

    @property
    def public(self) -> dict[str, str | None]:
        return {"name": self.name, "phone": self.phone, "email": self.email}


def _mailbox(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower().translate(ASCII))
    return "".join(c if c.isascii() and (c.isalnum() or c == ".") else "" for c in plain.replace(" ", "."))


def phones(rng: random.Random) -> list[str]:
    """Every reserved number that is used here, in random order, without repeats."""
    every = [f"+{area}{block}{n:0{width}d}" for area, block, width, size in RANGES for n in range(size)]
    rng.shuffle(every)
    return every


def customers(rng: random.Random, count: int) -> list[Customer]:
    """`count` people with different names and numbers; a few come unreliably."""
    numbers, taken, made = phones(rng), set[str](), list[Customer]()
    first, last = FIRST.split(), LAST.split()
    while len(made) < count:
        name = f"{rng.choice(first)} {rng.choice(last).replace('-', ' ')}"
        if rng.random() < 0.02:
            name = f"Dr. {name}"
        if name in taken:
            continue
        taken.add(name)
        email = f"{_mailbox(name.removeprefix('Dr. '))}@{rng.choice(MAIL)}" if rng.random() < 0.7 else None
        risk = 0.35 if rng.random() < 0.05 else rng.gauss(0.0, 0.03)
        made.append(Customer(name, numbers[len(made)], email, risk))
    return made


NOTES = (
    "Erstgespräch", "Folgetermin", "Unterlagen kommen per Mail", "Bitte pünktlich, hat danach einen Termin",
    "Bringt Partner mit", "Fragt nach Altersvorsorge", "Bestandskunde, Vertrag läuft im März aus",
    "Rückruf vor dem Termin gewünscht", "Kommt mit dem Rad, eventuell 5 Minuten später", "Spricht lieber Englisch",
    "Baufinanzierung, Objekt in Deutz", "Berufsunfähigkeit prüfen", "Hat letzte Woche schon angerufen",
    "Parkplatz vorm Haus freihalten", "Empfehlung von Frau Becker", "Video statt vor Ort", "Selbstständig, Grafikerin",
    "Fragen zur Krankenversicherung", "Wants everything in writing", "Prefers a video call", "Rollstuhl, bitte Raum im EG",
    "Möchte zwei Angebote vergleichen", "Gewerbe, drei Angestellte", "Kündigung der alten Police besprechen",
)  # fmt: skip
