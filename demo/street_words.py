"""Words that invented street names are made of: the habits of French streets, written for this project."""

from __future__ import annotations

from typing import Final

# (label in the address base, code of the postal directory, label of the postal directory,
#  weight in town, weight in the country)
STREET_TYPES: Final = (
    ("Rue", "R", "Rue", 58.0, 40.0),
    ("Avenue", "AV", "Avenue", 10.0, 2.0),
    ("Place", "PL", "Place", 5.0, 4.0),
    ("Boulevard", "BD", "Boulevard", 3.5, 0.3),
    ("Route", "RTE", "Route", 2.5, 15.0),
    ("Chemin", "CHE", "Chemin", 5.0, 20.0),
    ("Allée", "ALL", "Allée", 7.0, 4.0),
    ("Impasse", "IMP", "Impasse", 6.0, 9.0),
    ("Cours", "CRS", "Cours", 0.5, 0.2),
    ("Quai", "QU", "Quai", 0.5, 0.1),
    ("Square", "SQ", "Square", 1.2, 0.2),
    ("Lotissement", "LOT", "Lotissement", 0.7, 1.6),
    ("Résidence", "RES", "Résidence", 1.2, 0.4),
    ("Passage", "PAS", "Passage", 1.0, 0.6),
    ("Montée", "MTE", "Montée", 0.4, 0.6),
    ("Sentier", "SEN", "Sentier", 0.4, 0.8),
    ("Ruelle", "RLE", "Ruelle", 0.5, 1.2),
    ("Esplanade", "ESP", "Esplanade", 0.2, 0.05),
)

# Names met in most towns; first the most common.
COMMON: Final = (
    "de la République", "de l'Église", "de la Mairie", "du Moulin", "des Écoles", "de la Gare", "du Château",
    "de la Fontaine", "Victor Hugo", "Jean Jaurès", "de Verdun", "du Général de Gaulle", "Pasteur",
    "du Lavoir",
    "de la Liberté", "de la Paix", "du 8 Mai 1945", "du 11 Novembre 1918", "Jules Ferry", "du Stade",
    "de la Poste",
    "Jean Moulin", "Gambetta", "du Maréchal Foch", "de la Forge", "du Cimetière", "des Lilas", "du Puits",
    "des Jardins",
    "du Maréchal Leclerc", "Émile Zola", "du Presbytère", "de l'Europe", "Voltaire", "du Four",
    "des Tilleuls",
    "Saint-Martin", "Saint-Jean", "Notre-Dame", "du Bourg", "de la Croix", "du 14 Juillet", "des Rosiers",
    "de la Chapelle", "Saint-Pierre", "Anatole France", "Aristide Briand", "des Acacias",
    "du Président Wilson",
    "de la Libération", "du Docteur Roux", "du Marché", "du Port", "de l'Hôtel de Ville", "de la Résistance",
    "du 19 Mars 1962", "Marcel Pagnol", "Jacques Prévert", "Louis Pasteur", "Pierre et Marie Curie",
    "de Strasbourg",
    "du Pont", "des Prés", "des Vignes", "de Paris", "Carnot", "Lamartine", "Molière", "Racine", "Corneille",
    "Sainte-Anne", "Sainte-Marie", "Saint-Roch", "Saint-Michel", "Saint-Nicolas", "du Capitaine Dreyfus",
    "du Maréchal Joffre", "du Colonel Fabien", "de l'Abbé Pierre", "George Sand", "Louise Michel",
    "Simone Veil",
    "Olympe de Gouges", "Rosa Parks", "de la Commune", "des Anciens Combattants", "du Souvenir Français",
    "des Déportés", "des Martyrs", "du Commerce", "de l'Industrie", "de la Halle", "de la Tour", "du Rempart",
    "des Remparts", "de la Porte Neuve", "du Théâtre", "du Collège", "du Lycée", "de l'Hôpital",
    "des Capucins",
    "des Cordeliers", "des Ursulines", "du Chapitre", "de l'Évêché", "de la Préfecture", "d'Alsace",
    "de Lorraine",
    "de Bretagne", "de Normandie", "de Provence", "de Bourgogne", "de Champagne", "d'Auvergne", "du Limousin",
)  # fmt: skip

_PLURALS = [
    "Bleuets", "Cerisiers", "Chênes", "Coquelicots", "Églantines", "Érables", "Fauvettes", "Frênes",
    "Genêts", "Glycines", "Hirondelles", "Hortensias", "Iris", "Jonquilles", "Lauriers", "Marguerites",
    "Mésanges", "Merisiers", "Mimosas", "Muguets", "Myosotis", "Noisetiers", "Noyers", "Ormes", "Peupliers",
    "Pins", "Platanes", "Pommiers", "Primevères", "Pruniers", "Roses", "Rossignols", "Sapins", "Saules",
    "Sorbiers", "Tulipes", "Violettes", "Alouettes", "Amandiers", "Aubépines", "Bergers", "Bouleaux",
    "Bruyères", "Camélias", "Capucines", "Cèdres", "Champs", "Charmes", "Châtaigniers", "Clos", "Coteaux",
    "Cyprès", "Dahlias", "Figuiers", "Fleurs", "Fontaines", "Fougères", "Grives", "Hêtres", "Houx",
    "Lavandes", "Loriots", "Magnolias", "Marronniers", "Moissons", "Mûriers", "Narcisses", "Oliviers",
    "Pâquerettes", "Pêchers", "Pensées", "Perdrix", "Pervenches", "Pinsons", "Pivoines", "Poiriers",
    "Potiers", "Prairies", "Tanneurs", "Tisserands", "Tourterelles", "Vergers", "Vignerons", "Sabotiers",
    "Forgerons", "Carriers", "Meuniers", "Bateliers",
]  # fmt: skip
_MASCULINES = [
    "Barrage", "Bassin", "Beffroi", "Belvédère", "Bois", "Calvaire", "Canal", "Carrefour", "Champ",
    "Clocher", "Colombier", "Couvent", "Étang", "Faubourg", "Fort", "Gué", "Hameau", "Jardin", "Lac",
    "Lavoir", "Levant", "Mail", "Manoir", "Mas", "Midi", "Mont", "Muguet", "Parc", "Pâtis", "Pigeonnier",
    "Plateau", "Portail", "Pré", "Pressoir", "Prieuré", "Ravin", "Rivage", "Ruisseau", "Sentier", "Soleil",
    "Temple", "Thym", "Tilleul", "Val", "Vallon", "Verger", "Viaduc", "Vieux-Chêne", "Vignoble", "Village",
    "Vivier",
]  # fmt: skip
_FEMININES = [
    "Barrière", "Bascule", "Bergerie", "Butte", "Caserne", "Charmille", "Chênaie", "Colline", "Combe",
    "Cote", "Coopérative", "Digue", "Falaise", "Ferme", "Filature", "Forêt", "Fraternité", "Garenne",
    "Grange", "Lande", "Louvière", "Maladrerie", "Marne", "Mare", "Métairie", "Montagne", "Mairie", "Noue",
    "Papeterie", "Pépinière", "Pinède", "Plage", "Plaine", "Planche", "Prairie", "Pomme", "Rivière", "Roche",
    "Ronce", "Roseraie", "Sablière", "Saulaie", "Source", "Tannerie", "Tuilerie", "Vallée", "Verrerie",
    "Vigne", "Villette", "Voie-Verte",
]  # fmt: skip
NATURE: Final = (
    *(f"des {word}" for word in _PLURALS),
    *(f"du {word}" for word in _MASCULINES if word[0] not in "ÉE"),
    *(f"de la {word}" for word in _FEMININES),
    *(
        f"de l'{word}"
        for word in (
            "Abreuvoir",
            "Abbaye",
            "Aqueduc",
            "Ancienne-Gare",
            "Étang",
            "Écluse",
            "Horloge",
            "Orangerie",
        )
    ),
    *(
        f"de l'{word}"
        for word in ("Arsenal", "Aurore", "Avenir", "Égalité", "Espérance", "Octroi", "Orme", "Union")
    ),
)

# Nouns with their complements: "de la Croix Blanche", "du Moulin Neuf".
COMPOUND_NOUNS: Final = (
    ("du Moulin", "m"), ("du Pont", "m"), ("du Clos", "m"), ("du Pré", "m"), ("du Bois", "m"),
    ("du Champ", "m"),
    ("du Puits", "m"), ("du Mas", "m"), ("du Four", "m"), ("du Chêne", "m"), ("de la Croix", "f"),
    ("de la Fontaine", "f"), ("de la Grange", "f"), ("de la Tour", "f"), ("de la Combe", "f"),
    ("de la Vigne", "f"),
    ("de la Fosse", "f"), ("de la Maison", "f"), ("de la Porte", "f"), ("de la Roche", "f"),
)  # fmt: skip
COMPLEMENTS: Final = {
    "m": ("Neuf", "Vieux", "Blanc", "Rouge", "Vert", "Noir", "Haut", "Bas", "Rond", "Long", "Joli", "Carré",
        "à Vent",
          "du Roi", "aux Moines", "des Dames", "aux Loups", "du Loup", "Saint-Georges", "aux Ânes", "Brûlé",
          "Fleuri"),
    "f": ("Neuve", "Vieille", "Blanche", "Rouge", "Verte", "Noire", "Haute", "Basse", "Ronde", "Longue",
        "Jolie",
          "Carrée", "Dorée", "du Roi", "aux Moines", "des Dames", "aux Loups", "aux Fées", "Saint-Gilles",
          "Brûlée",
          "aux Oiseaux", "Fleurie"),
}  # fmt: skip

# People of the streets: invented, made of a given name, sometimes a title, and a name in two parts.
GIVEN: Final = [
    "Abel", "Achille", "Adèle", "Agathe", "Alcide", "Alphonse", "Amédée", "Anselme", "Armand", "Arsène",
    "Auguste", "Barnabé", "Basile", "Benoîte", "Blanche", "Camille", "Casimir", "Célestin", "Clémence",
    "Clotilde", "Désiré", "Edmée", "Éloi", "Ernest", "Eugénie", "Eulalie", "Fernand", "Firmin", "Flavie",
    "Gaspard", "Gustave", "Hippolyte", "Honoré", "Hortense", "Irénée", "Isidore", "Joseph", "Jules",
    "Juliette", "Justin", "Lazare", "Léonie", "Léopold", "Lucien", "Marceau", "Marius", "Mathilde",
    "Maxence", "Narcisse", "Noémie", "Octave", "Odilon", "Ovide", "Palmyre", "Philibert", "Prosper", "Raoul",
    "Rosalie", "Sidonie", "Théodore", "Ursule", "Valentine", "Victorine", "Zéphirin",
]  # fmt: skip
NAME_STARTS: Final = [
    "Ar", "Bal", "Bar", "Ber", "Bour", "Brun", "Cas", "Cham", "Chas", "Cor", "Cour", "Dal", "Des", "Dor",
    "Du", "Fau", "Fer", "Flo", "Four", "Gar", "Gir", "Gou", "Gran", "Guil", "Her", "Jar", "Jou", "Lac",
    "Lam", "Lan", "Lar", "Lau", "Lor", "Mal", "Mar", "Mer", "Mon", "Mou", "Nar", "Or", "Pas", "Pel", "Per",
    "Pou", "Pra", "Ram", "Ren", "Ro", "Sal", "San", "Ser", "Tal", "Ter", "Tou", "Val", "Var", "Ver", "Vil",
    "Vol",
]  # fmt: skip
NAME_ENDS: Final = [
    "bac", "baud", "bel", "beuf", "card", "celin", "chon", "delin", "dier", "doux", "fard", "fenet", "gal",
    "gaud", "gnier", "let", "lier", "lon", "mand", "mel", "min", "mont", "nac", "nard", "nel", "nier", "pin",
    "quet", "rac", "rand", "ret", "rion", "sac", "sier", "teau", "tel", "tier", "tin", "ton", "trand", "val",
    "vel", "vier",
]  # fmt: skip
TITLES: Final = (
    "du Docteur", "du Général", "du Maréchal", "du Capitaine", "du Commandant", "du Colonel", "du Lieutenant",
    "du Président", "du Professeur", "de l'Abbé", "du Chanoine", "de l'Amiral", "du Sergent",
)  # fmt: skip

HAMLETS: Final = (
    "Le Bourg", "Le Village", "Les Granges", "La Croix", "Bel Air", "Le Château", "La Forêt", "Le Moulin",
    "La Plaine",
    "Les Landes", "La Chapelle", "Le Pont", "Les Bruyères", "La Fontaine", "Le Coudray", "La Vallée",
    "Les Essarts",
    "Beauregard", "Beausoleil", "Bellevue", "Montplaisir", "La Borie", "Le Mas", "La Bastide", "Les Salles",
    "Le Pin",
    "La Roche", "Le Buisson", "La Garenne", "Les Rivières", "Les Marais", "La Lande", "Le Clos", "La Motte",
    "Les Cours",
    "Le Chêne", "Le Puy", "La Barre", "Le Plessis", "Les Places", "La Noue", "Les Bordes", "La Ronde",
    "Les Quatre Vents",
)  # fmt: skip
HAMLET_NOUNS: Final = (
    "Le Petit", "Le Grand", "Le Haut", "Le Bas", "Chez", "La Ville", "Ker", "Mas de", "Champ", "La Maison",
)  # fmt: skip
