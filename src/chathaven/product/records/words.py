"""The words of the record of processing, in the languages of the legal documents."""

from __future__ import annotations

from collections.abc import Mapping

from chathaven.engines.database.data_map import Basis, Category, Purpose, Retention, Whose

LANGUAGES = ("en", "de")

SUBJECTS: Mapping[str, Mapping[Whose, str]] = {
    "en": {
        Whose.VISITOR: "Visitors of the websites who write in the chat",
        Whose.OPERATOR: "Operators: people who answer chats",
        Whose.ACCOUNT: "The company and those who act for it",
    },
    "de": {
        Whose.VISITOR: "Besucher der Websites, die im Chat schreiben",
        Whose.OPERATOR: "Bearbeiter: Menschen, die Chats beantworten",
        Whose.ACCOUNT: "Das Unternehmen und wer für es handelt",
    },
}
PURPOSES: Mapping[str, Mapping[Purpose, str]] = {
    "en": {each: str(each) for each in Purpose},
    "de": {
        Purpose.ANSWERING: "den Chat beantworten",
        Purpose.OPERATING: "das Konto führen",
        Purpose.SECURITY: "das System sicher halten",
        Purpose.ACCOUNTABILITY: "zeigen, dass die Regeln eingehalten wurden",
    },
}
CATEGORIES: Mapping[str, Mapping[Category, str]] = {
    "en": {
        Category.IDENTIFIER: "Random numbers that stand for a person",
        Category.TIME: "Times",
        Category.COUNTER: "Counts",
        Category.STATE: "States and choices from closed lists",
        Category.CONFIGURATION: "Settings",
        Category.CONTENT: "What people write",
        Category.IDENTITY: "Names, e-mail addresses, phone numbers",
        Category.TECHNICAL: "Browser family, language, address of the page",
        Category.CREDENTIAL: "Hashes of passwords and tokens",
        Category.KEY: "Keys, wrapped",
    },
    "de": {
        Category.IDENTIFIER: "Zufällige Nummern, die für eine Person stehen",
        Category.TIME: "Zeitpunkte",
        Category.COUNTER: "Anzahlen",
        Category.STATE: "Zustände und Antworten aus festen Listen",
        Category.CONFIGURATION: "Einstellungen",
        Category.CONTENT: "Was Menschen schreiben",
        Category.IDENTITY: "Namen, E-Mail-Adressen, Telefonnummern",
        Category.TECHNICAL: "Browserfamilie, Sprache, Adresse der Seite",
        Category.CREDENTIAL: "Hashes von Passwörtern und Token",
        Category.KEY: "Schlüssel, verpackt",
    },
}
BASES: Mapping[str, Mapping[Basis, str]] = {
    "en": {each: str(each) for each in Basis},
    "de": {
        Basis.CONSENT: "Art. 6 Abs. 1 lit. a Einwilligung",
        Basis.CONTRACT: "Art. 6 Abs. 1 lit. b Vertrag",
        Basis.LEGAL_DUTY: "Art. 6 Abs. 1 lit. c rechtliche Pflicht",
        Basis.LEGITIMATE_INTEREST: "Art. 6 Abs. 1 lit. f berechtigtes Interesse",
        Basis.NOT_PERSONAL: "keine personenbezogenen Daten",
    },
}
RETENTION: Mapping[str, Mapping[Retention, str]] = {
    "en": {
        Retention.VISIT: "{visit_hours} hours after the last visit",
        Retention.CONVERSATION: "{conversation_months} months after the last message",
        Retention.PROFILE: "with the chat",
        Retention.CONSENT: "with the person; the proof of a consent {consent_months} months longer",
        Retention.SECURITY: "{security_days} days after the sign-in or token has ended",
        Retention.AUDIT: "{audit_months} months",
        Retention.QUEUE: "until it is done",
        Retention.EXPORT: "{export_days} days",
        Retention.ACCOUNT: "as long as the account",
    },
    "de": {
        Retention.VISIT: "{visit_hours} Stunden nach dem letzten Besuch",
        Retention.CONVERSATION: "{conversation_months} Monate nach der letzten Nachricht",
        Retention.PROFILE: "mit dem Chat",
        Retention.CONSENT: "mit der Person; der Nachweis einer Einwilligung {consent_months} Monate länger",
        Retention.SECURITY: "{security_days} Tage nach dem Ende von Anmeldung oder Token",
        Retention.AUDIT: "{audit_months} Monate",
        Retention.QUEUE: "bis es erledigt ist",
        Retention.EXPORT: "{export_days} Tage",
        Retention.ACCOUNT: "solange das Konto besteht",
    },
}
"""Filled in with the periods that the account has set (`RetentionPeriods`)."""
SAID: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title-controller": "Record of processing activities, controller (GDPR Art. 30(1))",
        "title-processor": "Record of processing activities, processor (GDPR Art. 30(2))",
        "controller": "Controller",
        "processor": "Processor",
        "on-behalf": "On behalf of",
        "self": "The company runs this installation itself; it has no processor for running it.",
        "missing": "not stated",
        "address": "Address",
        "country": "Country",
        "email": "E-mail",
        "data_protection_officer": "Data protection officer",
        "representative": "Representative (Art. 27)",
        "joint_controllers": "Joint controllers",
        "activities": "Processing",
        "purpose": "Purpose",
        "subjects": "Whose data",
        "data": "Categories of data",
        "bases": "Legal basis",
        "retention": "Kept",
        "recipients": "Recipients",
        "role": "Part",
        "receives": "Receives",
        "location": "Where",
        "since": "From",
        "transfers": "Transfers to third countries",
        "no-transfers": "None.",
        "tool": "Safeguard",
        "security": "Security measures",
        "stores": "Kept in",
        "name": "Name",
        "marketing": "permission to send advertising, asked by e-mail request",
        "email-request": "an e-mail address, asked for so that an answer arrives",
        "notifications": "letters about missed chats",
        "rights": "requests of people about their data",
        "host": "runs the server",
        "subprocessor": "takes part in running the server",
        "mail": "carries letters",
        "database": "keeps the database",
        "files": "keeps files, encrypted",
        "embed": "content of another company, shown only to those who allowed it",
        "embed-tool": "only after the visitor's permission for this provider; the provider's own"
        " safeguards apply",
        "us": "United States",
        "se": "Sweden",
        "germany": "Germany",
        "everything": "everything that is stored, content encrypted",
        "letters": "addresses and texts of letters",
        "visit": "network address and browser of those who allowed it",
        "own-location": "where its operator has it",
        "version": "Version",
        "as-of": "As of",
        "copies": "Backups.",
        "copies-text": "Backups of the installation are kept {days} days (R9); a restore carries out"
        " anew every erasure that came after the backup.",
        "numbers": "Numbers.",
        "numbers-text": "What is measured for running the server counts requests, messages and rows"
        " of the whole installation (R10). It holds no person, no account and no address, and is kept"
        " by whoever collects it.",
        "sha256": "SHA-256",
        "made-by": "Made by Chathaven {version} from its data map ({hash}) and the settings.",
    },
    "de": {
        "title-controller": "Verzeichnis von Verarbeitungstätigkeiten, Verantwortlicher"
        " (Art. 30 Abs. 1 DSGVO)",
        "title-processor": "Verzeichnis von Verarbeitungstätigkeiten, Auftragsverarbeiter"
        " (Art. 30 Abs. 2 DSGVO)",
        "controller": "Verantwortlicher",
        "processor": "Auftragsverarbeiter",
        "on-behalf": "Im Auftrag von",
        "self": "Das Unternehmen betreibt diese Installation selbst; für den Betrieb gibt es"
        " keinen Auftragsverarbeiter.",
        "missing": "nicht angegeben",
        "address": "Anschrift",
        "country": "Land",
        "email": "E-Mail",
        "data_protection_officer": "Datenschutzbeauftragter",
        "representative": "Vertreter (Art. 27)",
        "joint_controllers": "Gemeinsam Verantwortliche",
        "activities": "Verarbeitungen",
        "purpose": "Zweck",
        "subjects": "Wessen Daten",
        "data": "Kategorien von Daten",
        "bases": "Rechtsgrundlage",
        "retention": "Aufbewahrt",
        "recipients": "Empfänger",
        "role": "Aufgabe",
        "receives": "Erhält",
        "location": "Wo",
        "since": "Ab",
        "transfers": "Übermittlungen in Drittländer",
        "no-transfers": "Keine.",
        "tool": "Garantie",
        "security": "Sicherheitsmaßnahmen",
        "stores": "Gespeichert in",
        "name": "Name",
        "marketing": "Erlaubnis für Werbung, gefragt bei der Bitte um eine E-Mail-Adresse",
        "email-request": "eine E-Mail-Adresse, erbeten, damit eine Antwort ankommt",
        "notifications": "Briefe über verpasste Chats",
        "rights": "Anliegen von Menschen zu ihren Daten",
        "host": "betreibt den Server",
        "subprocessor": "wirkt am Betrieb des Servers mit",
        "mail": "befördert Briefe",
        "database": "hält die Datenbank",
        "files": "hält Dateien, verschlüsselt",
        "embed": "Inhalte eines anderen Unternehmens, nur wem sie recht sind",
        "embed-tool": "nur mit Erlaubnis des Besuchers für diesen Anbieter; es gelten die Garantien"
        " des Anbieters",
        "us": "Vereinigte Staaten",
        "se": "Schweden",
        "germany": "Deutschland",
        "everything": "alles Gespeicherte, Inhalte verschlüsselt",
        "letters": "Adressen und Texte von Briefen",
        "visit": "Netzadresse und Browser derer, die es erlaubt haben",
        "own-location": "wo der Betreiber ihn hat",
        "version": "Fassung",
        "as-of": "Stand",
        "copies": "Sicherungen.",
        "copies-text": "Sicherungen der Installation werden {days} Tage behalten (R9); eine"
        " Wiederherstellung führt jede Löschung erneut aus, die nach der Sicherung kam.",
        "numbers": "Zahlen.",
        "numbers-text": "Was für den Betrieb gemessen wird, zählt Anfragen, Nachrichten und Zeilen"
        " der ganzen Installation (R10). Es enthält keine Person, kein Konto und keine Adresse und"
        " wird von dem behalten, der es sammelt.",
        "sha256": "SHA-256",
        "made-by": "Erstellt von Chathaven {version} aus seinem Datenverzeichnis ({hash}) und den"
        " Einstellungen.",
    },
}
