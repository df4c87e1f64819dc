"""Names as one meets them in a Dutch waiting room: particles, diacritics, and families from many places.

`(weight, initials, [(particle, family name), ...])`: the weight is the origin's share among the patients.
"""

DUTCH = [
    ("", "Jansen"), ("de", "Vries"), ("van der", "Berg"), ("", "Bakker"), ("van", "Dijk"), ("", "Visser"),
    ("", "Smit"), ("", "Meijer"), ("de", "Boer"), ("", "Mulder"), ("de", "Groot"), ("", "Bos"), ("", "Vos"),
    ("", "Peters"), ("", "Hendriks"), ("van", "Leeuwen"), ("", "Dekker"), ("", "Brouwer"), ("de", "Wit"),
    ("", "Dijkstra"), ("", "Smits"), ("de", "Graaf"), ("van der", "Meer"), ("van der", "Linden"), ("", "Kok"),
    ("", "Jacobs"), ("de", "Haan"), ("", "Vermeulen"), ("van den", "Heuvel"), ("van der", "Veen"),
    ("van den", "Broek"), ("de", "Bruijn"), ("", "Schouten"), ("van", "Beek"), ("", "Willems"), ("", "Hoekstra"),
    ("", "Koster"), ("", "Prins"), ("", "Huisman"), ("", "Kuijpers"), ("", "Postma"), ("", "Verhoeven"),
    ("van 't", "Hof"), ("'t", "Hart"), ("in 't", "Veld"), ("ter", "Haar"), ("ten", "Brink"), ("op den", "Kamp"),
    ("van de", "Ven"), ("", "'s-Gravesande"), ("", "Sjoerdsma"), ("", "Ypma"), ("", "Reijnders"), ("", "Coöper"),
    ("", "Noë"), ("", "Citroën"), ("", "Maes-Bruyère"), ("de", "Wijs-van Zanten"), ("van", "Scheltinga"),
]  # fmt: skip

ORIGINS: list[tuple[int, str, list[tuple[str, str]]]] = [
    (62, "AABCDEFGHHIJJKLMMNPRSTWY", DUTCH),
    (6, "AABDEFGHIMNORSTZ", [
        ("", "Yılmaz"), ("", "Öztürk"), ("", "Çelik"), ("", "Şahin"), ("", "Özdemir"), ("", "Aydın"), ("", "Güneş"),
        ("", "Kılıç"), ("", "Demir"),
    ]),
    (6, "AABFHIKLMNORSY", [
        ("el", "Idrissi"), ("", "Bouzid"), ("", "Aït Ouarab"), ("", "Benali"), ("el", "Khattabi"), ("", "Amrani"),
        ("", "Chaouch"), ("ben", "Haddou"),
    ]),
    (6, "ACDEGIJMNRSVW", [
        ("", "Ramdin"), ("", "Soekhoe"), ("", "Kartowidjojo"), ("", "Pinas"), ("", "Sedney"), ("", "Wijngaarde"),
        ("", "Baldewsingh"), ("", "Misiedjan"), ("", "Amatdjais-Groenveld"),
    ]),
    (3, "ACDGJLMRS", [("", "Martina"), ("", "Croes"), ("", "Maduro"), ("", "Isenia"), ("", "Rosalia")]),
    (3, "ACDFHJLMS", [("", "Pattiasina"), ("", "Tahapary"), ("", "Latuheru"), ("", "Sahetapy"), ("", "Lie-A-Lien")]),
    (4, "AADGJKMPWZ", [
        ("", "Kowalska"), ("", "Wiśniewski"), ("", "Łukasiewicz"), ("", "Wójcik"), ("", "Dvořák"), ("", "Nováková"),
        ("", "Ştefănescu"), ("", "Dimitrova"),
    ]),
    (2, "ADIMNOSVY", [("", "Shevchenko"), ("", "Kovalenko"), ("", "Bondar")]),
    (3, "AFHKLMNORS", [("", "Al-Masri"), ("", "Haddad"), ("al", "Khalidi"), ("", "Hosseini"), ("", "Rahimi")]),
    (2, "ADFHMSTY", [("", "Tesfay"), ("", "Gebremedhin"), ("", "Abdi Warsame"), ("", "Mohamud")]),
    (2, "HLMNTXY", [("", "Nguyễn"), ("", "Trần"), ("", "Chen"), ("", "Wong")]),
    (2, "ACFIJLMP", [("", "García Pérez"), ("", "Muñoz"), ("", "Gonçalves"), ("", "D'Angelo"), ("da", "Conceição")]),
    (2, "BEFGHJKU", [("", "Müller"), ("von", "Weiß"), ("", "Schröder"), ("", "Lefèvre")]),
]  # fmt: skip

CHILDREN_AND_PARENTS = ("moeder", "vader", "voogd")
