"""The live feed: what was recorded, told to whoever watches, without gap or repeat."""
