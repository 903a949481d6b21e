"""The reply reviewer: what a careful colleague would say about a draft before it leaves. Pure, and without a model.

    review(text, Context(names=("Ana Ruiz",)), rules) -> marks, in the order of the text

`engine` has it, `marks` what goes in and comes out, `rules` what it goes by: TOML that the team owns. This package
knows how to go by rules, and no word of any language.
"""
