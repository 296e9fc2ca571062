"""Names of people who do not exist, and look it."""

from __future__ import annotations

from typing import Final

_ROOTS: Final = [
    "FICTIV", "INVENT", "IMAGIN", "EXEMPL", "SIMUL", "FABUL", "CHIMER", "PSEUDON", "SPECIM", "FACTIC",
    "ILLUSO", "MAQUETT", "MODEL", "ESSAY", "ROMANC", "UTOP", "MIRAG", "FANTAISI", "LEGEND", "CONTEFA",
    "PERSONNAG", "PROTOTYP", "HYPOTH", "FEINT", "FIGUR", "MANNEQUIN", "NULLEPAR", "DEMONSTR",
]  # fmt: skip
_ENDINGS: Final = [
    "ARD", "AUD", "AULT", "EAU", "ELLE", "EL", "EN", "ET", "ETTE", "EUX", "IER", "IN", "INE", "OIS", "ON",
    "OT", "OUX", "AC", "EC", "IC", "AIS", "AN", "ANDE", "ARDIN", "ARDEAU", "ATIER", "AUDET", "AUNAY", "ELIN",
    "ELOT", "EMONT", "ENAC", "ERAND", "ESCO", "ETEAU", "EVAL", "IDEAU", "IERES", "IGNAC", "IGNY", "IMONT",
    "INEAU", "INET", "ISSAC", "ITIER", "OCHE", "OLLE", "ONNET", "ORAND", "OUARD", "OULET", "OURDIN", "OUSSE",
    "UCHET", "UGUET", "UREL", "USSAC", "UZEAU", "Y",
]  # fmt: skip
_HYPHENATED: Final = ("-DELAPLUME", "-DUPAPIER", "-DETHEATRE")

# "FICTIVARD", "IMAGINOULET": every family name starts with a word that says it is invented.
FAMILY: Final = tuple(
    dict.fromkeys(
        (
            *(f"{root}{ending}" for ending in _ENDINGS for root in _ROOTS),
            *(f"D'{root}{ending}" for ending in _ENDINGS[::12] for root in _ROOTS if root[0] in "EIU"),
            *(f"{root}{_ENDINGS[i % len(_ENDINGS)]}{_HYPHENATED[i % 3]}" for i, root in enumerate(_ROOTS)),
        )
    )
)
WOMEN: Final = [
    "Adélaïde", "Agnès", "Alice", "Alix", "Anaïs", "Andrée", "Anne", "Annick", "Aude", "Aurélie", "Béatrice",
    "Bérengère", "Brigitte", "Camille", "Capucine", "Carole", "Catherine", "Cécile", "Céline", "Chantal",
    "Charlotte", "Claire", "Clara", "Clémence", "Colette", "Coralie", "Corinne", "Danièle", "Delphine",
    "Denise", "Diane", "Édith", "Élise", "Éléonore", "Élodie", "Émilie", "Emma", "Estelle", "Ève", "Fanny",
    "Florence", "Françoise", "Gaëlle", "Geneviève", "Hélène", "Inès", "Irène", "Isabelle", "Jeanne",
    "Joëlle", "Julie", "Karine", "Laure", "Léa", "Lise", "Lucie", "Madeleine", "Manon", "Marguerite",
    "Marianne", "Marie-Ange", "Marie-Claude", "Marion", "Martine", "Mathilde", "Mélanie", "Monique",
    "Nadège", "Nathalie", "Nicole", "Noëlle", "Odile", "Pascale", "Pauline", "Rachel", "Régine", "Rose",
    "Sabine", "Sandrine", "Sarah", "Ségolène", "Solène", "Sophie", "Stéphanie", "Sylvie", "Valérie",
    "Véronique", "Victoire", "Virginie", "Yasmine", "Yvonne", "Zoé",
]  # fmt: skip
MEN: Final = [
    "Adrien", "Alain", "Albin", "Alexis", "Amaury", "André", "Antoine", "Arnaud", "Arthur", "Aurélien",
    "Bastien", "Benjamin", "Benoît", "Bertrand", "Boris", "Bruno", "Cédric", "Charles", "Christian",
    "Clément", "Cyril", "Damien", "Daniel", "David", "Denis", "Didier", "Édouard", "Éric", "Étienne",
    "Fabien", "Fabrice", "Félix", "Florian", "Franck", "François", "Frédéric", "Gabriel", "Gaël", "Georges",
    "Gilles", "Grégoire", "Guillaume", "Gustave", "Henri", "Hervé", "Hugo", "Jacques", "Jean", "Jean-Marc",
    "Jean-Noël", "Jérôme", "Joël", "Jonas", "Julien", "Karim", "Laurent", "Léo", "Loïc", "Louis", "Luc",
    "Lucas", "Marc", "Martin", "Mathieu", "Maxime", "Mehdi", "Michel", "Nathan", "Nicolas", "Noé", "Octave",
    "Olivier", "Pascal", "Patrice", "Paul", "Philippe", "Pierre", "Quentin", "Raphaël", "Rémi", "René",
    "Robin", "Romain", "Sami", "Samuel", "Sébastien", "Serge", "Simon", "Stéphane", "Thibault", "Thomas",
    "Tristan", "Valentin", "Victor", "Vincent", "William", "Xavier", "Yann", "Yves",
]  # fmt: skip
