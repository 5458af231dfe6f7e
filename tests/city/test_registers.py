"""The registers (字典): read once, again when the generation says so."""

from tests.district import District

from xiucheng.city import registers


def test_what_is_made_of_the_registers_goes_with_their_reading(district: District) -> None:
    """Also where a database that was put back counts to the same number again."""
    first = registers.registers()
    assert (first.derived("n", lambda: 1), first.derived("n", lambda: 2)) == (1, 1)
    registers.forget()
    again = registers.registers()
    assert (again.generation, again.derived("n", lambda: 2)) == (first.generation, 2)
