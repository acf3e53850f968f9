"""The secret by which the masked mart names customers: who lacks it can try nothing.

A customer may be named after the hash of an address, and who has a list of addresses
has their hashes. So the masked mart hashes the id once more, with a salt that stands in
the data folder beside the tables and in none of them.
"""

from collections.abc import Iterable
from hashlib import sha256

from warehouse.salts import own_salt, standing_salt
from warehouse.settings import Settings, load_settings

NAME = "masking.salt"


def masking_salt() -> str:
    """The salt of this data folder, made when it is first asked for.

    Where the file was lost, a new salt gives every customer of the masked mart another
    name, and nothing else changes.

    Raises:
        TesseraError: the data folder cannot be written.
    """
    return own_salt(load_settings().data_dir / NAME)


def masked_names(settings: Settings, customers: Iterable[str]) -> set[str]:
    """What `mart_customers_masked` calls these customers."""
    salt = standing_salt(settings.data_dir / NAME)
    if salt is None:
        return set()
    return {sha256(f"{salt}{customer}".encode()).hexdigest() for customer in customers}
