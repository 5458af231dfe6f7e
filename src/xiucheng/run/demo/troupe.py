"""Who plays whom (演员表): the demo's accounts, each signed in when first needed, with the units and streets they belong to."""

import csv
import random
from typing import Any

from xiucheng.run.demo.citizens import PACK
from xiucheng.run.demo.client import Client


class Troupe:
    """The staff of the demo district at one address; all have the demo's password."""

    def __init__(self, address: str, password: str, dice: random.Random) -> None:
        self.address = address
        self.password = password
        self.dice = dice
        self.clients: dict[str, Client] = {}
        self.by_post: dict[str, list[str]] = {}
        self.by_unit: dict[str, list[str]] = {}
        self.by_street: dict[str, list[str]] = {}
        with (PACK / "people.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                self._cast(row)
        self.reader = self.client(self.by_post["leader"][0])
        self.public = Client(address)
        self.units: list[dict[str, Any]] = self.public.get("/api/v1/units")
        self.standards: dict[str, list[dict[str, Any]]] = {}
        for standard in self.public.get("/api/v1/standards"):
            self.standards.setdefault(standard["category_id"], []).append(standard)

    def close(self) -> None:
        """End all connections."""
        for client in (*self.clients.values(), self.public):
            client.connection.close()

    def _cast(self, row: dict[str, str]) -> None:
        for held in row["posts"].split():
            post, _, area = held.partition("@")
            self.by_post.setdefault(post, []).append(row["username"])
            if post in {"unit", "handler"}:
                self.by_unit.setdefault(row["unit"], []).append(row["username"])
            if post == "officer":
                self.by_street.setdefault(area, []).append(row["username"])

    def client(self, username: str) -> Client:
        """This person's session."""
        found = self.clients.get(username)
        if found is None:
            found = self.clients[username] = Client(self.address)
            found.sign_in(username, self.password)
        return found

    def of_post(self, post: str, turn: int = 0) -> Client:
        """Somebody of a post; `turn` picks another one."""
        people = self.by_post[post]
        return self.client(people[turn % len(people)])

    def of_unit(self, code: str) -> Client | None:
        """The unit's clerk, if the unit has a seat."""
        people = self.by_unit.get(code)
        return self.client(people[0]) if people else None

    def officer(self, street: str) -> Client:
        """An officer of the street, or any."""
        people = self.by_street.get(street) or self.by_post["officer"]
        return self.client(self.dice.choice(people))
