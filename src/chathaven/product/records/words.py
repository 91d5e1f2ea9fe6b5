"""The words of the record of processing, in the languages of the legal documents."""

from __future__ import annotations

from collections.abc import Mapping

from chathaven.engines.database.data_map import Basis, Category, Purpose, Retention, Whose
from chathaven.engines.mail.letters import STAY_DAYS

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
    "en": {
        Purpose.ANSWERING: "Answering people who write in the chat",
        Purpose.OPERATING: "Running the company's account",
        Purpose.SECURITY: "Keeping the system secure: sign-in, keys, protection against misuse",
        Purpose.ACCOUNTABILITY: "Showing that the rules of data protection are kept (Art. 5(2))",
    },
    "de": {
        Purpose.ANSWERING: "Beantwortung von Anfragen im Chat",
        Purpose.OPERATING: "Führung des Kontos des Unternehmens",
        Purpose.SECURITY: "Sicherheit des Systems: Anmeldung, Schlüssel, Schutz vor Missbrauch",
        Purpose.ACCOUNTABILITY: "Nachweis, dass der Datenschutz eingehalten wird (Art. 5 Abs. 2)",
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
    "en": {each: str(each) for each in Basis} | {Basis.NOT_PERSONAL: "No personal data"},
    "de": {
        Basis.CONSENT: "Art. 6 Abs. 1 lit. a Einwilligung",
        Basis.CONTRACT: "Art. 6 Abs. 1 lit. b Vertrag",
        Basis.LEGAL_DUTY: "Art. 6 Abs. 1 lit. c rechtliche Pflicht",
        Basis.LEGITIMATE_INTEREST: "Art. 6 Abs. 1 lit. f berechtigtes Interesse",
        Basis.NOT_PERSONAL: "Keine personenbezogenen Daten",
    },
}
RETENTION: Mapping[str, Mapping[Retention, str]] = {
    "en": {
        Retention.VISIT: "{visit_hours} hours after the last visit",
        Retention.CONVERSATION: "{conversation_months} months after the last message",
        Retention.PROFILE: "With the chat",
        Retention.CONSENT: "With the person; the proof of a consent {consent_months} months longer",
        Retention.SECURITY: "{security_days} days after the sign-in or token has ended",
        Retention.AUDIT: "{audit_months} months",
        Retention.QUEUE: "Until it is done",
        Retention.EXPORT: "{export_days} days",
        Retention.LETTERS: f"Where no mail server sends them, {STAY_DAYS} days after they were written",
        Retention.ACCOUNT: "As long as the account exists",
    },
    "de": {
        Retention.VISIT: "{visit_hours} Stunden nach dem letzten Besuch",
        Retention.CONVERSATION: "{conversation_months} Monate nach der letzten Nachricht",
        Retention.PROFILE: "Mit dem Chat",
        Retention.CONSENT: "Mit der Person; der Nachweis einer Einwilligung {consent_months} Monate länger",
        Retention.SECURITY: "{security_days} Tage nach dem Ende von Anmeldung oder Token",
        Retention.AUDIT: "{audit_months} Monate",
        Retention.QUEUE: "Bis es erledigt ist",
        Retention.EXPORT: "{export_days} Tage",
        Retention.LETTERS: f"Wo kein Mailserver sie verschickt, {STAY_DAYS} Tage nach dem Schreiben",
        Retention.ACCOUNT: "Solange das Konto besteht",
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
        "missing": "Not stated",
        "address": "Address",
        "country": "Country",
        "email": "E-mail",
        "data_protection_officer": "Data protection officer",
        "representative": "Representative (Art. 27)",
        "joint_controllers": "Joint controllers",
        "activities": "Processing activities",
        "purpose": "Purpose",
        "subjects": "Whose data",
        "data": "Categories of data",
        "bases": "Legal basis",
        "retention": "Kept for",
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
        "marketing": "Asking for permission to send advertising",
        "email-request": "Asking for an e-mail address, so that an answer arrives",
        "host": "Runs the server",
        "subprocessor": "Takes part in running the server",
        "mail": "Carries letters",
        "database": "Keeps the database",
        "files": "Keeps files, encrypted",
        "embed": "Content of another company, shown only to those who allowed it",
        "embed-tool": "Only after the visitor's permission for this provider; the provider's own"
        " safeguards apply",
        "us": "United States",
        "se": "Sweden",
        "germany": "Germany",
        "everything": "Everything that is stored, content encrypted",
        "letters": "Addresses and texts of letters",
        "visit": "Network address and browser of those who allowed it",
        "own-location": "Where its operator has it",
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
        "missing": "Nicht angegeben",
        "address": "Anschrift",
        "country": "Land",
        "email": "E-Mail",
        "data_protection_officer": "Datenschutzbeauftragter",
        "representative": "Vertreter (Art. 27)",
        "joint_controllers": "Gemeinsam Verantwortliche",
        "activities": "Verarbeitungstätigkeiten",
        "purpose": "Zweck",
        "subjects": "Wessen Daten",
        "data": "Kategorien von Daten",
        "bases": "Rechtsgrundlage",
        "retention": "Dauer der Aufbewahrung",
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
        "marketing": "Einholen der Erlaubnis für Werbung",
        "email-request": "Erfragen einer E-Mail-Adresse, damit eine Antwort ankommt",
        "host": "Betreibt den Server",
        "subprocessor": "Wirkt am Betrieb des Servers mit",
        "mail": "Befördert Briefe",
        "database": "Hält die Datenbank",
        "files": "Hält Dateien, verschlüsselt",
        "embed": "Inhalte eines anderen Unternehmens, gezeigt nur denen, die es erlaubt haben",
        "embed-tool": "Nur mit Erlaubnis des Besuchers für diesen Anbieter; es gelten die Garantien"
        " des Anbieters",
        "us": "Vereinigte Staaten",
        "se": "Schweden",
        "germany": "Deutschland",
        "everything": "Alles Gespeicherte, Inhalte verschlüsselt",
        "letters": "Adressen und Texte von Briefen",
        "visit": "Netzadresse und Browser derer, die es erlaubt haben",
        "own-location": "Wo dessen Betreiber sie hat",
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
