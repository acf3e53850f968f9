"""Goods and agents: what the shop sells, and what speaks to it."""

from typing import Final

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
_ADJECTIVES = (
    "Quiet Bright Nordic Classic Little Grand Soft Blue Oak Linen Copper Swift"
)
ADJECTIVES: Final = tuple(_ADJECTIVES.split())
_QUERIES = """
gift; lamp; blue chair; tent; headphones; mug; puzzle; sale; blanket; desk; candle;
soap; notebook; planter; kettle
"""
QUERIES: Final = [query.strip() for query in _QUERIES.split(";")]

_MOZILLA = "Mozilla/5.0"
_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
HUMAN_AGENTS: Final = (
    (f"{_MOZILLA} (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/138.0.0.0", "desktop"),
    (f"{_MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) {_APPLE} Safari/605", "desktop"),
    (f"{_MOZILLA} (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0", "desktop"),
    (f"{_MOZILLA} (iPhone; CPU iPhone OS 18_5 like Mac OS X) {_APPLE}", "mobile"),
    (f"{_MOZILLA} (Linux; Android 10; K) {_WEBKIT} Chrome/138.0.0.0 Mobile", "mobile"),
    (f"{_MOZILLA} (iPad; CPU OS 17_7 like Mac OS X) {_APPLE} Version/17.6", "tablet"),
    ("ShopApp/4.2 (iPhone; iOS 18.5)", "app"),
)
"""Agent and type of device; the app sends `screen` calls instead of `page` calls."""
HUMAN_AGENT_SHARES: Final = (0.26, 0.10, 0.06, 0.26, 0.20, 0.05, 0.07)
BOT_AGENTS: Final = (
    f"{_MOZILLA} (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    f"{_MOZILLA} (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    f"{_MOZILLA} (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    f"{_MOZILLA} (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)",
    f"{_MOZILLA} (X11; Linux x86_64) {_WEBKIT} HeadlessChrome/126.0.0.0 Safari/537.36",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "python-requests/2.32.3",
)
PROXY_AGENT: Final = (
    f"{_MOZILLA} (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 "
    "(via ggpht.com GoogleImageProxy)"
)
"""Of a mail reader that fetches images when a human opens the email."""
PREFETCH_AGENT: Final = _MOZILLA
"""Of a mail reader that fetches images by itself; it says nothing more."""
