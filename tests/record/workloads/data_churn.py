# JSON, CSV and decimals: records are written, read, summed, kept for a while in an index with links both ways.
import collections
import csv
import decimal
import io
import json


class Entry:
    def __init__(self, row, owner):
        self.row = row
        self.owner = owner
        self.amount = decimal.Decimal(row["amount"])


class Account:
    def __init__(self, name):
        self.name = name
        self.entries = []

    def add(self, row):
        self.entries.append(Entry(row, self))


def month(number):
    rows = [{"account": f"a{(n * 7 + number) % 40}", "amount": f"{n % 97}.{n % 10}0", "tags": ["x", str(n)],
             "detail": {"n": n, "list": [n, [n]]}} for n in range(500)]
    text = json.dumps(rows)
    loaded = json.loads(text)
    out = io.StringIO()
    writer = csv.DictWriter(out, ["account", "amount"], extrasaction="ignore")
    writer.writeheader()
    writer.writerows(loaded)
    out.seek(0)
    accounts = collections.defaultdict(lambda: None)
    for row in csv.DictReader(out):
        if accounts[row["account"]] is None:
            accounts[row["account"]] = Account(row["account"])
        accounts[row["account"]].add(row)
    return accounts, loaded


kept = collections.deque(maxlen=4)
total = decimal.Decimal(0)
for number in range(300):
    accounts, loaded = month(number)
    for account in accounts.values():
        total += sum((entry.amount for entry in account.entries), decimal.Decimal(0))
    for bad in range(20):
        try:
            json.loads('{"a": [1, 2, {"b": ' + "[" * bad)
        except ValueError as error:
            loaded.append({"error": error})
    kept.append((accounts, loaded))
print(total)
