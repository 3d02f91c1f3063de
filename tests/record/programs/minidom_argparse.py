"""XML documents through xml.dom.minidom, changed and written out, some kept; argparse parsers."""
import argparse
import xml.dom.minidom


def document(number):
    rows = "".join(f"<row id='{k}'><name>n{k}</name><value>{k * number}</value></row>" for k in range(6))
    return xml.dom.minidom.parseString(f"<table n='{number}'>{rows}</table>")


def change(doc):
    for row in doc.getElementsByTagName("row"):
        if int(row.getAttribute("id")) % 2:
            note = doc.createElement("note")
            note.appendChild(doc.createTextNode("odd"))
            row.appendChild(note)
    first = doc.documentElement.firstChild
    doc.documentElement.removeChild(first)
    return len(doc.toxml())


kept = []
total = 0
for number in range(30):
    doc = document(number)
    total += change(doc)
    if number % 10 == 0:
        kept.append(doc)

for number in range(8):
    parser = argparse.ArgumentParser(prog=f"p{number}", add_help=number % 2 == 0)
    parser.add_argument("--count", type=int, default=3)
    group = parser.add_mutually_exclusive_group()
    group.add_argument("-v", action="store_true")
    group.add_argument("-q", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args(["--count", str(number), "-v", "a", "b"])
    total += args.count + len(parser.format_usage())
print(total, len(kept))
