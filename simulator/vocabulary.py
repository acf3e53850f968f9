"""Names, places, products and agents: all made up or generic, none of a real person."""

from typing import Final

# Each first name with the forms that tired humans write for it.
FIRST_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "Alexander": ("Alex", "Sascha"), "Andreas": ("Andi",), "Angelika": ("Geli",),
    "Anna": ("Anni", "Ana"), "Anneliese": ("Anne",), "Barbara": ("Babsi",),
    "Benjamin": ("Ben", "Benny"), "Bernhard": ("Bernd",), "Birgit": ("Biggi",),
    "Charlotte": ("Lotte", "Charly"), "Christian": ("Chris", "Christan"),
    "Christina": ("Tina", "Chris"), "Daniel": ("Dani",), "David": ("Dave",),
    "Elisabeth": ("Lisa", "Elli", "Sissi"), "Emilia": ("Emmi",), "Emma": ("Ema",),
    "Eva": ("Evi",), "Fatma": ("Fatima",), "Felix": ("Flix",), "Florian": ("Flo",),
    "Franziska": ("Franzi",), "Friedrich": ("Fritz",), "Gabriele": ("Gabi",),
    "Georg": ("Schorsch",), "Gerhard": ("Gerd",), "Hannah": ("Hanna",),
    "Heinrich": ("Heiner",), "Helene": ("Leni",), "Ingrid": ("Inge",),
    "Jakob": ("Jacob",), "Jan": ("Jann",), "Jana": ("Janna",), "Jens": ("Jenz",),
    "Johannes": ("Hannes", "Jo"), "Jonas": ("Joni",), "Josef": ("Sepp", "Jupp"),
    "Julia": ("Jule",), "Jürgen": ("Juergen",), "Karin": ("Carin",),
    "Katharina": ("Kathi", "Katja"), "Klaus": ("Claus",), "Lara": ("Larah",),
    "Laura": ("Lauri",), "Lea": ("Leah",), "Lena": ("Leni",), "Leon": ("Leo",),
    "Lukas": ("Luki", "Lucas"), "Manfred": ("Manni",), "Margarete": ("Grete",),
    "Maria": ("Mia",), "Markus": ("Marcus",), "Martin": ("Marty",),
    "Matthias": ("Matze", "Mathias"), "Maximilian": ("Max", "Maxi"),
    "Mehmet": ("Memo",), "Michael": ("Michi", "Micha"), "Monika": ("Moni",),
    "Nicole": ("Niki",), "Niklas": ("Nik", "Niclas"), "Olga": ("Olya",),
    "Patrick": ("Paddy",), "Paul": ("Pauli",), "Peter": ("Pit",), "Petra": ("Peti",),
    "Philipp": ("Phil", "Philip"), "Rainer": ("Reiner",), "Sabine": ("Bine",),
    "Sarah": ("Sara",), "Sebastian": ("Basti",), "Simon": ("Simi",),
    "Sofia": ("Sophia", "Sofie"), "Stefan": ("Stephan", "Steff"),
    "Stefanie": ("Steffi", "Stephanie"), "Susanne": ("Susi", "Sanne"),
    "Theresa": ("Resi", "Teresa"), "Thomas": ("Tom", "Tommy"), "Tim": ("Timm",),
    "Tobias": ("Tobi",), "Ursula": ("Uschi", "Ulla"), "Valentina": ("Vali",),
    "Wolfgang": ("Wolfi",), "Yasmin": ("Jasmin",), "Zeynep": ("Zeyno",),
}
LAST_NAMES: Final = tuple(
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann "
    "Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun "
    "Krüger Hofmann Hartmann Lange Schmitt Werner Krause Meier Lehmann Schmid Schulze "
    "Maier Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz "
    "Möller Weiß Jung Hahn Schubert Vogel Friedrich Keller Günther Frank Berger "
    "Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm "
    "Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel "
    "Heinrich Brandt Haas Schreiber Graf Dietrich Ziegler Kuhn Kühn Pohl Engel Horn "
    "Busch Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer Yilmaz Kaya Demir Nowak "
    "Kowalski Ivanova Petrov Nguyen Rossi Silva Jansen Petersen Hansen".split()
)
PLACES: Final = (
    ("Berlin", "10115", "DE"), ("Hamburg", "20095", "DE"), ("München", "80331", "DE"),
    ("Köln", "50667", "DE"), ("Frankfurt am Main", "60311", "DE"),
    ("Stuttgart", "70173", "DE"), ("Düsseldorf", "40213", "DE"),
    ("Leipzig", "04109", "DE"), ("Dortmund", "44135", "DE"), ("Bremen", "28195", "DE"),
    ("Dresden", "01067", "DE"), ("Hannover", "30159", "DE"), ("Nürnberg", "90402", "DE"),
    ("Freiburg", "79098", "DE"), ("Kiel", "24103", "DE"), ("Mainz", "55116", "DE"),
    ("Wien", "1010", "AT"), ("Graz", "8010", "AT"),
)
SWISS_PLACES: Final = (("Zürich", "8001", "CH"), ("Bern", "3011", "CH"))
STREETS: Final = (
    "Hauptstraße", "Schulstraße", "Gartenweg", "Bahnhofstraße", "Lindenallee",
    "Birkenweg", "Kirchplatz", "Am Markt", "Bergstraße", "Rosenweg", "Wiesengrund",
)
MAIL_DOMAINS: Final = (
    "gmail.example", "web.example", "gmx.example", "example.com", "example.org",
    "outlook.example", "icloud.example", "example.net",
)
JUNK_EMAILS: Final = (
    "test@test.com", "noreply@example.com", "none@none.com", "asdf@asdf.com", "na@na.de",
)
JUNK_PHONES: Final = ("0000000000", "1234567890", "9999999999", "1111111111", "0")

CATEGORIES: Final = {
    "Kitchen": ("Kettle", "Pan", "Knife", "Mixer", "Teapot"),
    "Garden": ("Spade", "Lantern", "Bench", "Planter", "Hose"),
    "Books": ("Novel", "Atlas", "Cookbook", "Almanac", "Notebook"),
    "Toys": ("Puzzle", "Train", "Bear", "Kite", "Castle"),
    "Lighting": ("Lamp", "Candle", "Spotlight", "Chandelier", "Nightlight"),
    "Bedroom": ("Pillow", "Blanket", "Duvet", "Mattress", "Rug"),
    "Office": ("Desk", "Chair", "Shelf", "Pen Case", "Monitor Arm"),
    "Outdoor": ("Tent", "Rucksack", "Stove", "Hammock", "Compass"),
    "Sport": ("Racket", "Mat", "Dumbbell", "Skates", "Bottle"),
    "Audio": ("Speaker", "Headphones", "Radio", "Turntable", "Microphone"),
    "Beauty": ("Soap", "Perfume", "Brush", "Mirror", "Lotion"),
    "Gifts": ("Gift Box", "Ornament", "Calendar", "Scarf", "Mug"),
}
ADJECTIVES: Final = ("Quiet", "Bright", "Nordic", "Classic", "Little", "Grand", "Soft",
                     "Blue", "Oak", "Linen", "Copper", "Swift")
QUERIES: Final = (
    "gift", "lamp", "blue chair", "tent", "headphones", "mug", "puzzle", "sale",
    "blanket", "desk", "candle", "soap", "notebook", "planter", "kettle",
)

# (agent, device type); the app sends `screen` calls instead of `page` calls.
HUMAN_AGENTS: Final = (
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/138.0.0.0 Safari/537.36", "desktop"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) Version/18.5 Safari/605.1.15", "desktop"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
     "desktop"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
     "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1", "mobile"),
    ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/138.0.0.0 Mobile Safari/537.36", "mobile"),
    ("Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) Version/17.6 Mobile/15E148 Safari/604.1", "tablet"),
    ("ShopApp/4.2 (iPhone; iOS 18.5)", "app"),
)
HUMAN_AGENT_SHARES: Final = (0.26, 0.10, 0.06, 0.26, 0.20, 0.05, 0.07)
BOT_AGENTS: Final = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)",
    "python-requests/2.32.3",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "HeadlessChrome/126.0.0.0 Safari/537.36",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
)
PROXY_AGENT: Final = (
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com "
    "GoogleImageProxy)"
)
PREFETCH_AGENT: Final = "Mozilla/5.0"
