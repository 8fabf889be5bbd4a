"""Trains the model that the function contains, and writes it to model.txt, in LightGBM's own format.

    pip install lightgbm==4.7.0
    python3 train.py

The data is made up: it stands for a log of which products were clicked in the results of searches. Whoever has such a
log replaces `log_of_clicks`. The tests in tests/ are predictions by LightGBM, which the function must reproduce.
"""

import json
from pathlib import Path

import lightgbm
import numpy as np

# `_score` is the score so far: how well the product matches the search. The others are fields of the documents.
FEATURES = ["_score", "price", "rating", "reviews", "age_days", "discount", "delivery_days"]
FOLDER = Path(__file__).parent


def log_of_clicks(random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Products as rows of features, NaN where a product has none, and whether they were clicked."""
    score = random.gamma(2.0, 2.0, count)
    price = random.lognormal(3.5, 0.8, count)
    reviews = np.floor(random.pareto(1.2, count) * 10)
    rating = np.where(reviews > 0, np.clip(random.normal(3.9, 0.7, count), 1, 5), np.nan)
    age_days = random.integers(0, 2000, count)
    discount = np.where(random.random(count) < 0.4, random.integers(5, 60, count), np.nan)
    delivery_days = np.where(random.random(count) < 0.95, random.integers(1, 15, count), np.nan)
    rows = np.column_stack([score, price, rating, reviews, age_days, discount, delivery_days]).round(2)

    log_odds = (
        -2.2
        + 0.35 * np.minimum(score, 8)
        - 0.4 * np.abs(np.log(price / 30))
        + np.where(np.isnan(rating), -0.3, rating - 3.9)
        + 0.2 * np.log1p(reviews)
        - 0.3 * (age_days > 1000)
        + 0.03 * np.nan_to_num(discount)
        - 0.1 * np.nan_to_num(delivery_days, nan=20)
    )
    return rows, random.random(count) < 1 / (1 + np.exp(-log_odds))


def train(rows: np.ndarray, clicked: np.ndarray) -> lightgbm.Booster:
    parameters = {
        # The score is the probability of a click.
        "objective": "binary",
        "num_leaves": 15,
        "learning_rate": 0.15,
        "min_data_in_leaf": 30,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "seed": 7,
        "verbosity": -1,
    }
    return lightgbm.train(parameters, lightgbm.Dataset(rows, clicked, feature_name=FEATURES), num_boost_round=30)


def write_test(name: str, model: lightgbm.Booster, rows: np.ndarray, fields: list[str] | None = None) -> None:
    """Writes a test with the predictions for these documents, whose score so far is 1 in tests."""
    rows = rows.copy()
    rows[:, 0] = 1
    names = fields or FEATURES[1:]
    documents = [
        {name: float(value) for name, value in zip(names, row[1:]) if not np.isnan(value)} for row in rows
    ]
    test = {
        "role": "scorer",
        "parameters": {"fields": fields} if fields else {},
        "mapping": {"properties": {name: {"type": "double"} for name in names}},
        "documents": documents,
        "expected": model.predict(rows).tolist(),
    }
    # One document per line.
    lines = json.dumps(test).replace("[{", "[\n    {").replace("}, {", "},\n    {").replace("}], ", "}\n  ],\n  ")
    (FOLDER / "tests" / f"{name}.json").write_text(lines + "\n")


def main() -> None:
    random = np.random.default_rng(7)
    model = train(*log_of_clicks(random, 20_000))
    model.save_model(FOLDER / "model.txt")

    rows, _ = log_of_clicks(random, 60)
    # Documents with only one of the fields, and one with none.
    sparse = np.full((len(FEATURES), len(FEATURES)), np.nan)
    np.fill_diagonal(sparse, rows[0])
    write_test("predictions", model, rows)
    write_test("missing_values", model, sparse)
    write_test("other_fields", model, rows[:5], ["cost", "stars", "opinions", "age", "rebate", "delivery"])


if __name__ == "__main__":
    main()
