"""The words of the legal pages, in the languages in which the documents are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Words = Mapping[str, Any]

WORDS: dict[str, Words] = {
    "en": {
        "name": "English",
        "titles": {
            "terms": "Terms and Conditions",
            "privacy": "Privacy Policy",
            "dpa": "Data Processing Agreement",
            "gdpr": "Does the GDPR apply to me?",
            "verify": "Check a signature",
        },
        "pages": "Legal pages",
        "languages": "Languages",
        "version": "Version",
        "since": "shown since",
        "old": "This is an earlier version. The one that holds now:",
        "changes": "What changed",
        "no_changes": "There is no earlier version.",
        "from_to": "From version {} to version {}",
        "versions": "All versions",
        "current": "holds now",
        "ask": "Questions?",
        "ask_mail": "Write to",
        "ask_chat": "Or ask in the chat in the corner of this page. Nothing is stored before you"
        " open it.",
        "ask_nobody": "Ask whoever gave you access to this installation.",
        "not_needed": "This installation is run by the company that uses it, for itself. Nobody"
        " processes personal data on its behalf here, so no agreement is needed (Art. 28(3)). A"
        " company that rents its machines from a host needs an agreement with that host. The text"
        " below is what would hold if the installation were run for other companies.",
        "sign": "Sign it in the app, under Settings, Privacy.",
        "table": "What is kept",
        "verify": {
            "lead": "Certificates of erasure and signed agreements bear the electronic signature"
            " of this installation. Here anybody can check one. What you send is looked at and"
            " forgotten: nothing is stored.",
            "paste": "Paste a certificate (JSON)",
            "file": "Or choose a file, or drop it here (JSON or PDF)",
            "button": "Check",
            "offline": "Without this page: chathaven verify FILE --key KEY, with the keys of"
            " /.well-known/chathaven-keys.json.",
            "nothing": "Paste a certificate or choose a file.",
            "result": "Result",
        },
    },
    "de": {
        "name": "Deutsch",
        "titles": {
            "terms": "Allgemeine Geschäftsbedingungen",
            "privacy": "Datenschutzerklärung",
            "dpa": "Vertrag zur Auftragsverarbeitung",
            "gdpr": "Gilt die DSGVO für mich?",
            "verify": "Eine Signatur prüfen",
        },
        "pages": "Rechtliche Seiten",
        "languages": "Sprachen",
        "version": "Fassung",
        "since": "gezeigt seit",
        "old": "Dies ist eine frühere Fassung. Die jetzt geltende:",
        "changes": "Was sich geändert hat",
        "no_changes": "Es gibt keine frühere Fassung.",
        "from_to": "Von Fassung {} zu Fassung {}",
        "versions": "Alle Fassungen",
        "current": "gilt jetzt",
        "ask": "Fragen?",
        "ask_mail": "Schreiben Sie an",
        "ask_chat": "Oder fragen Sie im Chat in der Ecke dieser Seite. Bevor Sie ihn öffnen, wird"
        " nichts gespeichert.",
        "ask_nobody": "Fragen Sie die Stelle, die Ihnen den Zugang gegeben hat.",
        "not_needed": "Diese Installation betreibt das Unternehmen, das sie nutzt, für sich selbst."
        " Niemand verarbeitet hier personenbezogene Daten in seinem Auftrag, also braucht es keinen"
        " Vertrag (Art. 28 Abs. 3). Wer seine Rechner von einem Anbieter mietet, braucht einen"
        " Vertrag mit diesem. Der Text unten würde gelten, wenn die Installation für andere"
        " Unternehmen betrieben würde.",
        "sign": "Unterzeichnen Sie in der App unter Einstellungen, Datenschutz.",
        "table": "Was gespeichert wird",
        "verify": {
            "lead": "Löschbescheinigungen und unterzeichnete Verträge tragen die elektronische"
            " Signatur dieser Installation. Hier kann sie jeder prüfen. Was Sie senden, wird"
            " angesehen und vergessen: Gespeichert wird nichts.",
            "paste": "Eine Bescheinigung einfügen (JSON)",
            "file": "Oder eine Datei wählen oder hierher ziehen (JSON oder PDF)",
            "button": "Prüfen",
            "offline": "Ohne diese Seite: chathaven verify DATEI --key SCHLÜSSEL, mit den Schlüsseln"
            " von /.well-known/chathaven-keys.json.",
            "nothing": "Fügen Sie eine Bescheinigung ein oder wählen Sie eine Datei.",
            "result": "Ergebnis",
        },
    },
}
