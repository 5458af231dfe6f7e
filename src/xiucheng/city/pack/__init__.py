"""The district pack (城区配置包): a folder of CSV, YAML and GeoJSON that makes an empty installation one district."""

from xiucheng.city.pack.book import Book, Fault
from xiucheng.city.pack.load import Loaded, check, load
from xiucheng.city.pack.store import Left, Table

__all__ = ["Book", "Fault", "Left", "Loaded", "Table", "check", "load"]
