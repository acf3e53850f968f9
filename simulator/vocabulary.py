"""Names and places: all made up or generic, none of a real person."""

from typing import Final


def _parts(text: str, mark: str) -> list[str]:
    return [part.strip() for part in text.split(mark)]


_FIRST_NAMES = """
Alexander Alex Sascha; Andreas Andi; Angelika Geli; Anna Anni Ana; Anneliese Anne;
Barbara Babsi; Benjamin Ben Benny; Bernhard Bernd; Birgit Biggi;
Charlotte Lotte Charly; Christian Chris Christan; Christina Tina Chris; Daniel Dani;
David Dave; Elisabeth Lisa Elli Sissi; Emilia Emmi; Emma Ema; Eva Evi; Fatma Fatima;
Felix Flix; Florian Flo; Franziska Franzi; Friedrich Fritz; Gabriele Gabi;
Georg Schorsch; Gerhard Gerd; Hannah Hanna; Heinrich Heiner; Helene Leni;
Ingrid Inge; Jakob Jacob; Jan Jann; Jana Janna; Jens Jenz; Johannes Hannes Jo;
Jonas Joni; Josef Sepp Jupp; Julia Jule; Jürgen Juergen; Karin Carin;
Katharina Kathi Katja; Klaus Claus; Lara Larah; Laura Lauri; Lea Leah; Lena Leni;
Leon Leo; Lukas Luki Lucas; Manfred Manni; Margarete Grete; Maria Mia; Markus Marcus;
Martin Marty; Matthias Matze Mathias; Maximilian Max Maxi; Mehmet Memo;
Michael Michi Micha; Monika Moni; Nicole Niki; Niklas Nik Niclas; Olga Olya;
Patrick Paddy; Paul Pauli; Peter Pit; Petra Peti; Philipp Phil Philip; Rainer Reiner;
Sabine Bine; Sarah Sara; Sebastian Basti; Simon Simi; Sofia Sophia Sofie;
Stefan Stephan Steff; Stefanie Steffi Stephanie; Susanne Susi Sanne;
Theresa Resi Teresa; Thomas Tom Tommy; Tim Timm; Tobias Tobi; Ursula Uschi Ulla;
Valentina Vali; Wolfgang Wolfi; Yasmin Jasmin; Zeynep Zeyno
"""
FIRST_NAMES: Final = {
    name.split()[0]: tuple(name.split()[1:]) for name in _parts(_FIRST_NAMES, ";")
}
"""Each first name with the forms that tired humans write for it."""

_LAST_NAMES = """
Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer
Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger
Hofmann Hartmann Lange Schmitt Werner Krause Meier Lehmann Schmid Schulze Maier
Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß
Jung Hahn Schubert Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck
Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus Martin
Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas
Schreiber Graf Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas Voigt
Sauer Arnold Wolff Pfeiffer Yilmaz Kaya Demir Nowak Kowalski Ivanova Petrov Nguyen
Rossi Silva Jansen Petersen Hansen
"""
LAST_NAMES: Final = tuple(_LAST_NAMES.split())

_PLACES = """
Berlin, 10115, DE; Hamburg, 20095, DE; München, 80331, DE; Köln, 50667, DE;
Frankfurt am Main, 60311, DE; Stuttgart, 70173, DE; Düsseldorf, 40213, DE;
Leipzig, 04109, DE; Dortmund, 44135, DE; Bremen, 28195, DE; Dresden, 01067, DE;
Hannover, 30159, DE; Nürnberg, 90402, DE; Freiburg, 79098, DE; Kiel, 24103, DE;
Mainz, 55116, DE; Wien, 1010, AT; Graz, 8010, AT
"""
PLACES: Final = [_parts(place, ",") for place in _parts(_PLACES, ";")]
"""City, postcode and country."""
SWISS_PLACES: Final = [["Zürich", "8001", "CH"], ["Bern", "3011", "CH"]]

_STREETS = """
Hauptstraße; Schulstraße; Gartenweg; Bahnhofstraße; Lindenallee; Birkenweg;
Kirchplatz; Am Markt; Bergstraße; Rosenweg; Wiesengrund
"""
STREETS: Final = _parts(_STREETS, ";")

_MAIL_DOMAINS = """
gmail.example web.example gmx.example example.com example.org outlook.example
icloud.example example.net
"""
MAIL_DOMAINS: Final = tuple(_MAIL_DOMAINS.split())
"""Reserved names, some with the look of a provider."""

_JUNK = """
test@test.com noreply@example.com none@none.com asdf@asdf.com na@na.de
"""
JUNK_EMAILS: Final = tuple(_JUNK.split())
JUNK_PHONES: Final = ("0000000000", "1234567890", "9999999999", "1111111111", "0")
