"""The words of the domain, pure: identifiers, specialities, practitioners, structures, offers."""
