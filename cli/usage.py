"""Wrong usage of the command line, said in French: the library of options only speaks English."""

from __future__ import annotations

from typing import Any


def sentence(error: Any) -> str:
    """One line for an error of the option parser (an unknown word, a missing or wrong value), with a way on.

    Parameters
    ----------
    error   the exception of the parser: its class, and the attributes that class carries
    """
    kind = type(error).__name__
    if kind == "MissingParameter":
        said = f"il manque {_name(error)}."
    elif kind == "NoSuchOption":
        near = f" Vouliez-vous dire {' ou '.join(error.possibilities)} ?" if error.possibilities else ""
        said = f"l'option « {error.option_name} » n'existe pas.{near}"
    elif kind == "BadParameter":
        said = f"la valeur de {_name(error)} n'est pas acceptée."
    elif kind == "BadOptionUsage":
        said = f"l'option « {error.option_name} » est mal employée : valeur absente ou de trop."
    elif str(error).startswith("No such command"):
        said = "cette commande n'existe pas."
    else:
        said = "la commande est mal écrite (un mot de trop ?)."
    context = error.ctx
    return f"{said} « {context.command_path if context is not None else 'sas'} --help » dit comment l'écrire."


def _name(error: Any) -> str:
    """The option or argument at fault, as it is typed."""
    parameter = error.param
    if parameter is None:
        return f"« {error.param_hint} »" if error.param_hint else "une valeur"
    if parameter.param_type_name == "option":
        return f"« {max(parameter.opts, key=len)} »"
    return f"« {parameter.metavar or parameter.name.upper()} »"
