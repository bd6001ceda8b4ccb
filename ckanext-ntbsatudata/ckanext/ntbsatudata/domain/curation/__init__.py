"""Curation: how a change becomes a release. Who may do what (roles), what a revision can be (states), and the ways between."""
