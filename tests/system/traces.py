"""Finds planted words in any bytes, in every form they could have been written in.

    hunt = Hunt()
    hunt.plant("Hoxha", "mungese 5A Arben Hoxha")     # the word, and the input that brought it
    for find in hunt.search("kujdestar.db", data): ...

A find says which word, in which form, where, and from which input.  Words are of four letters or more:
shorter ones would be found by chance.  Pure; of the standard library.
"""
import base64
import json
import os
import re
import urllib.parse

PREFIX = 4  # octets of a form by which it is looked up
# Octets that any sealed value could hold must be so many that chance does not bring them.
SHORTEST = {"UTF-8": 4, "GSM-7": 6, "semi-octets": 6}

GSM = ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
       "¿abcdefghijklmnopqrstuvwxyzäöñüà")


def septets(word):
    """The word in the GSM alphabet, letters that are not in it as their plain ones; None: it has others."""
    plain = word.translate(str.maketrans("ëËçÇ", "eEcC"))
    return [GSM.index(c) for c in plain] if all(c in GSM for c in plain) else None


def packed(word):
    """The octets that are wholly the word's, for each of the eight places a septet can begin at."""
    codes = septets(word)
    if not codes:
        return
    for shift in range(8):
        bits = 0
        for i, code in enumerate(codes):
            bits |= code << (shift + 7 * i)
        end = shift + 7 * len(codes)
        octets = bits.to_bytes((end + 7) // 8, "little")
        yield octets[1 if shift else 0:end // 8]


def swapped(digits):
    """Digits as in the address of a TPDU: two an octet, the first one low; for both parities."""
    for odd in (0, 1):
        whole = digits[odd:]
        whole = whole[:len(whole) // 2 * 2]
        yield bytes(int(whole[i + 1] + whole[i], 16) for i in range(0, len(whole), 2))


def based(octets):
    """Base64 of the octets at each of the three places they can begin at, without the letters they share."""
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + octets)
        skip = (0, 2, 3)[shift]
        end = len(text) - (0, 3, 2)[(shift + len(octets)) % 3]
        yield text[skip:end]


def spellings(word):
    """As it was planted, small, in capitals, as a name; with and without the Albanian letters."""
    plain = word.translate(str.maketrans("ëËçÇ", "eEcC"))
    return {f(w) for w in (word, plain) for f in (str, str.lower, str.upper, str.title)}


def forms(word):
    """(name of the form, octets)"""
    for one in spellings(word):
        utf8 = one.encode()
        yield "UTF-8", utf8
        yield "UTF-16", one.encode("utf-16-le")
        yield "UTF-16", one.encode("utf-16-be")
        yield "percent", "".join(f"%{b:02X}" for b in utf8).encode()
        yield "percent", "".join(f"%{b:02x}" for b in utf8).encode()
        yield "percent", urllib.parse.quote(one).encode()
        yield "JSON", json.dumps(one)[1:-1].encode()
        yield "JSON", "".join(f"\\u{ord(c):04x}" for c in one).encode()
        for name, octets in [("UTF-8", utf8), ("UTF-16", one.encode("utf-16-be")), *(("GSM-7", o) for o in packed(one))]:
            yield f"hex of {name}", octets.hex().encode()
            yield f"hex of {name}", octets.hex().upper().encode()
        for octets in packed(one):
            yield "GSM-7", octets
        for text in based(utf8):
            yield "base64", text
    if word.isdigit():
        for octets in swapped(word):
            yield "semi-octets", octets
            yield "semi-octets", octets.hex().encode()
            yield "semi-octets", octets.hex().upper().encode()


class Hunt:
    def __init__(self):
        self.by_prefix = {}
        self.words = {}

    def plant(self, word, source, alone=False):
        """alone: not as a piece of a longer number or hexadecimal text, where chance would bring it."""
        if word in self.words or len(word) < 4:
            return
        self.words[word] = source
        for form, octets in forms(word):
            if len(octets) >= SHORTEST.get(form, 5):
                there = self.by_prefix.setdefault(octets[:PREFIX], {})
                there.setdefault(octets, (word, form, alone))

    def key(self, octets, source):
        """Octets of a key: as they are, in hexadecimal, in base64."""
        self.words[source] = source
        for form, octets in [("octets", octets), ("hex", octets.hex().encode()), ("hex", octets.hex().upper().encode()),
                             *(("base64", b) for b in based(octets))]:
            self.by_prefix.setdefault(octets[:PREFIX], {}).setdefault(octets, (source, form, False))

    def number(self, digits, source):
        """A telephone number, and any seven digits of its national part: less is what a mask may leave."""
        national = digits.lstrip("+")
        national = national[3:] if national.startswith("355") else national
        for i in range(len(national) - 6):
            self.plant(national[i:i + 7], source)
        self.plant("355" + national, source)

    def search(self, where, data):
        """All finds in these bytes, as lines."""
        out, seen = [], set()
        data = re.sub(rb"msg_[0-9a-v]{26}", lambda m: bytes(len(m[0])), data)  # ids: letters by chance
        by_prefix, get = self.by_prefix, self.by_prefix.get
        for i in range(len(data) - PREFIX + 1):
            there = get(data[i:i + PREFIX])
            if not there:
                continue
            for octets, (word, form, alone) in there.items():
                if not data.startswith(octets, i) or (word, form) in seen:
                    continue
                if alone and form == "UTF-8" and not self.stands_alone(data, i, len(octets)):
                    continue
                seen.add((word, form))
                around = data[max(0, i - 40):i + len(octets) + 40]
                out.append(f"{where}: {word!r} as {form} at {i}: {around!r}; planted by: {self.words[word]!r}")
        return out

    @staticmethod
    def stands_alone(data, at, n):
        return not re.search(rb"[0-9A-Fa-f]", data[at - 1:at] + data[at + n:at + n + 1])


def files(directory, leave=()):
    """(name, bytes) of every regular file below a directory, but for those that are the input."""
    for where, _, names in os.walk(directory):
        for name in sorted(names):
            path = os.path.join(where, name)
            if os.path.isfile(path) and not os.path.islink(path) and os.path.relpath(path, directory) not in leave:
                with open(path, "rb") as f:
                    yield os.path.relpath(path, directory), f.read()
