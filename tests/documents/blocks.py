"""Text blocks of fictional people, written field by field at the offsets of each kind of card."""

SAMPLE_FIELDS = {
    0: "样例",
    30: "2",
    32: "01",
    36: "19491231",
    52: "某市某区样例路1号",
    122: "11010519491231002X",
    158: "某市公安局",
    188: "20200101",
    204: "长期",
}
PERMIT_FIELDS = {
    0: "样例",
    30: "1",
    36: "19940823",
    52: "某市某区样例路1号",
    122: "810000199408230021",
    158: "某市公安局",
    188: "20200101",
    204: "20250101",
    220: "H00000000",
    238: "01",
    248: "J",
}
FOREIGN_2017_FIELDS = {
    0: "SAMPLE, PERSON",
    120: "2",
    122: "XYZ000000000001",
    152: "XYZ",
    158: "样例",
    188: "20200101",
    204: "20300101",
    220: "19850101",
    236: "01",
    240: "0000",
    248: "I",
}
FOREIGN_2023_FIELDS = {
    0: "样例",
    30: "1",
    32: "02",
    36: "19850101",
    52: "SAMPLE, PERSON",
    122: "932682198501010017",
    188: "20240101",
    204: "20340101",
    242: "XYZ",
    248: "Y",
    250: "000",
}


def block_of(fields: dict[int, str]) -> bytes:
    """256 bytes with each text at its byte offset, the rest padding."""
    block = bytearray(" ".encode("utf-16-le") * 128)
    for offset, text in fields.items():
        written = text.encode("utf-16-le", "surrogatepass")
        block[offset : offset + len(written)] = written
    assert len(block) == 256
    return bytes(block)


SAMPLE_BLOCK = block_of(SAMPLE_FIELDS)
SAMPLE_PHOTO = bytes(1024)
