"""The product files: one YAML file a product, its name is its id."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from casa_ogc.catalog.product import Product
from casa_processes.common.configuration import config_folder, read_mapping, wrong_keys
from casa_processes.common.errors import InvalidValueError


def load_product(path: Path) -> Product:
    """Read one product file.

    Raises
    ------
    InvalidValueError
        Naming every wrong key, when the file does not describe a product.
    """
    content = {"id": path.stem, **read_mapping(path)}
    try:
        product = Product.model_validate(content)
    except ValidationError as error:
        raise InvalidValueError(path.name, wrong_keys(error), "the keys of a product") from None
    if product.id != path.stem:
        raise InvalidValueError(f"{path.name}: id", product.id, f"the file's name, {path.stem}")
    return product


def load_products(folder: Path | None = None) -> Mapping[str, Product]:
    """Read all product files of a configuration folder, by id."""
    files = sorted(((folder or config_folder()) / "products").glob("*.yml"))
    return {path.stem: load_product(path) for path in files}
