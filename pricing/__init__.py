"""Rate cards, the catalogue and cost: pure arithmetic on what was used."""
