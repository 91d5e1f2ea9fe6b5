"""Annex II: the measures that hold in this installation, as the code and settings have them."""

from __future__ import annotations

from typing import NamedTuple

from chathaven.base.settings import Settings
from chathaven.product.legal.kept import sealed_count


class Measure(NamedTuple):
    """One measure, in words."""

    title: str
    text: str


def measures(settings: Settings, language: str) -> list[Measure]:
    """Returns the measures. `language` is `en` or `de`."""
    https = settings.public_url.startswith("https:")
    return _german(https=https) if language == "de" else _english(https=https)


def _english(*, https: bool) -> list[Measure]:
    way = (
        "All traffic goes over TLS; browsers are told to use nothing else (HSTS)."
        if https
        else "This installation is reached without TLS, on a machine or network of its own."
    )
    return [
        Measure(
            "Encryption at rest.",
            f"All {sealed_count()} columns with personal data are sealed (AES-256-GCM) under a key"
            " of the person concerned, or kept as keyed hashes. The root keys lie outside the"
            " database.",
        ),
        Measure("Encryption in transit.", way),
        Measure(
            "Separation.",
            "Accounts are kept apart by forced row-level security in the database; the"
            " application's role cannot pass it.",
        ),
        Measure(
            "Access.",
            "Three roles with stated rights; passwords as argon2id; sign-ins can be listed and"
            " ended; tokens have scopes; tries are limited.",
        ),
        Measure(
            "Integrity and availability.",
            "A message is acknowledged only when it is on disk. Consents are a chain of hashes,"
            " and who did what is recorded without its content.",
        ),
        Measure(
            "Erasure.",
            "Erasing deletes every row that the data map calls the person's, and the key; a"
            " signed certificate counts what was found, removed and looked for again.",
        ),
        Measure(
            "Data minimisation.",
            "Nothing is stored before the visitor opens the chat. Network addresses are not kept."
            " Logs hold no personal fields, jobs carry ids only.",
        ),
        Measure(
            "Review.",
            "The software's tests run on every change, among them attempts to reach another"
            " account's data by every route.",
        ),
    ]


def _german(*, https: bool) -> list[Measure]:
    way = (
        "Aller Verkehr läuft über TLS; Browser werden angewiesen, nichts anderes zu nutzen (HSTS)."
        if https
        else "Diese Installation wird ohne TLS erreicht, auf eigenem Rechner oder in eigenem Netz."
    )
    return [
        Measure(
            "Verschlüsselung der Speicherung.",
            f"Alle {sealed_count()} Spalten mit personenbezogenen Daten sind mit einem Schlüssel"
            " der betroffenen Person versiegelt (AES-256-GCM) oder als schlüsselgebundener Hash"
            " gespeichert. Die Wurzelschlüssel liegen außerhalb der Datenbank.",
        ),
        Measure("Verschlüsselung der Übertragung.", way),
        Measure(
            "Trennung.",
            "Konten trennt erzwungene Zeilensicherheit in der Datenbank; die Rolle der Anwendung"
            " kann sie nicht umgehen.",
        ),
        Measure(
            "Zugang.",
            "Drei Rollen mit benannten Rechten; Passwörter als argon2id; Anmeldungen lassen sich"
            " auflisten und beenden; Token haben Bereiche; Versuche sind begrenzt.",
        ),
        Measure(
            "Integrität und Verfügbarkeit.",
            "Eine Nachricht gilt erst als angenommen, wenn sie dauerhaft gespeichert ist."
            " Einwilligungen bilden eine Kette von Hashes; wer was tat, wird ohne den Inhalt"
            " aufgezeichnet.",
        ),
        Measure(
            "Löschung.",
            "Gelöscht wird jede Zeile, die nach dem Datenverzeichnis zur Person gehört, und der"
            " Schlüssel; eine unterzeichnete Bescheinigung zählt, was gefunden, entfernt und noch"
            " einmal gesucht wurde.",
        ),
        Measure(
            "Datenminimierung.",
            "Bevor der Besucher den Chat öffnet, wird nichts gespeichert. Netzadressen werden nicht"
            " aufbewahrt. Protokolle enthalten keine personenbezogenen Felder, Aufträge nur"
            " Kennungen.",
        ),
        Measure(
            "Überprüfung.",
            "Bei jeder Änderung laufen die Tests der Software, darunter Versuche, auf jedem Weg an"
            " Daten eines anderen Kontos zu gelangen.",
        ),
    ]
