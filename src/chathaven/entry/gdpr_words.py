"""The words of the page "Does the GDPR apply to me?"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

GDPR_WORDS: dict[str, Mapping[str, Any]] = {
    "en": {
        "lead": "Three questions about your company. The answer is worked out on the spot; nothing"
        " is stored. It is a first orientation and no legal advice.",
        "yes": "Yes",
        "no": "No",
        "button": "Show the answer",
        "again": "Start again",
        "answer": "The answer",
        "questions": {
            "established": (
                "Is your company established in the EU or the EEA?",
                (
                    "An office, a branch or a lasting activity there is enough. It does not matter where"
                    " the data are kept."
                ),
            ),
            "offers": (
                "Do you offer goods or services to people in the EU or the EEA?",
                (
                    "Paid or free. Signs of it: their languages or currency, delivery there, advertising"
                    " for them. That your website can be reached from there is not enough."
                ),
            ),
            "monitors": (
                "Do you observe the behaviour of people while they are there?",
                (
                    "For example by tracking across pages, profiles, personalised advertising, or"
                    " location."
                ),
            ),
        },
        "verdicts": {
            "unanswered": (
                "Not decided yet.",
                "Please answer all three questions, or answer one of them with yes.",
            ),
            "established": (
                "Yes, the GDPR applies to you.",
                (
                    "Your company is established in the EU or the EEA (Art. 3(1)). It applies to what"
                    " you do with data of anybody, wherever they live."
                ),
            ),
            "offers": (
                "Yes, the GDPR applies to you.",
                (
                    "You offer goods or services to people in the EU or the EEA (Art. 3(2)(a)). You may"
                    " also need a representative there (Art. 27)."
                ),
            ),
            "monitors": (
                "Yes, the GDPR applies to you.",
                (
                    "You observe behaviour of people in the EU or the EEA (Art. 3(2)(b)). You may also"
                    " need a representative there (Art. 27)."
                ),
            ),
            "not": (
                "By these answers, the GDPR does not apply to you.",
                (
                    "Other laws may, and many resemble it, such as those of the United Kingdom,"
                    " Switzerland and Brazil. If a customer to whom it applies hands you data, they"
                    " will ask you for the same."
                ),
            ),
        },
        "checklist": "What to do here",
        "checklist_lead": "Each point leads to the setting that does it. In the app, under Settings,"
        " Privacy, the ticks fill themselves.",
        "steps": {
            "terms": "Accept the terms that hold now",
            "dpa": "Sign the data processing agreement, where one is needed",
            "legal-text": "Show your legal text before visitors write",
            "marketing": "Ask for permission where you want to send advertising",
            "origins": "List the websites that may show your widget",
            "contact": "Give an address for notices, so that requests are not missed",
            "second-owner": "Name a second owner, so that requests are answered in time",
        },
    },
    "de": {
        "lead": "Drei Fragen zu Ihrem Unternehmen. Die Antwort entsteht sofort; gespeichert wird"
        " nichts. Sie ist eine erste Orientierung und keine Rechtsberatung.",
        "yes": "Ja",
        "no": "Nein",
        "button": "Antwort zeigen",
        "again": "Von vorn",
        "answer": "Die Antwort",
        "questions": {
            "established": (
                "Hat Ihr Unternehmen eine Niederlassung in der EU oder im EWR?",
                (
                    "Ein Büro, eine Zweigstelle oder eine dauerhafte Tätigkeit dort genügt. Wo die Daten"
                    " liegen, spielt keine Rolle."
                ),
            ),
            "offers": (
                "Bieten Sie Menschen in der EU oder im EWR Waren oder Dienste an?",
                (
                    "Gegen Geld oder umsonst. Anzeichen: deren Sprachen oder Währung, Lieferung dorthin,"
                    " Werbung für sie. Dass Ihre Website von dort erreichbar ist, genügt nicht."
                ),
            ),
            "monitors": (
                "Beobachten Sie das Verhalten von Menschen, während sie dort sind?",
                (
                    "Etwa durch Verfolgen über Seiten hinweg, Profile, persönliche Werbung oder"
                    " Standorte."
                ),
            ),
        },
        "verdicts": {
            "unanswered": (
                "Noch nicht entschieden.",
                "Bitte beantworten Sie alle drei Fragen oder eine davon mit Ja.",
            ),
            "established": (
                "Ja, die DSGVO gilt für Sie.",
                (
                    "Ihr Unternehmen hat eine Niederlassung in der EU oder im EWR (Art. 3 Abs. 1). Sie"
                    " gilt für den Umgang mit den Daten aller Menschen, wo auch immer sie leben."
                ),
            ),
            "offers": (
                "Ja, die DSGVO gilt für Sie.",
                (
                    "Sie bieten Menschen in der EU oder im EWR Waren oder Dienste an (Art. 3 Abs. 2"
                    " lit. a). Vielleicht brauchen Sie dort auch einen Vertreter (Art. 27)."
                ),
            ),
            "monitors": (
                "Ja, die DSGVO gilt für Sie.",
                (
                    "Sie beobachten das Verhalten von Menschen in der EU oder im EWR (Art. 3 Abs. 2"
                    " lit. b). Vielleicht brauchen Sie dort auch einen Vertreter (Art. 27)."
                ),
            ),
            "not": (
                "Nach diesen Antworten gilt die DSGVO nicht für Sie.",
                (
                    "Andere Gesetze können gelten, und viele ähneln ihr, etwa im Vereinigten Königreich,"
                    " in der Schweiz und in Brasilien. Gibt Ihnen ein Kunde Daten, für den sie gilt,"
                    " wird er dasselbe von Ihnen verlangen."
                ),
            ),
        },
        "checklist": "Was hier zu tun ist",
        "checklist_lead": "Jeder Punkt führt zu der Einstellung, die ihn erledigt. In der App, unter"
        " Einstellungen, Datenschutz, füllen sich die Häkchen von selbst.",
        "steps": {
            "terms": "Die geltenden Bedingungen annehmen",
            "dpa": "Den Vertrag zur Auftragsverarbeitung unterzeichnen, wo er nötig ist",
            "legal-text": "Ihren rechtlichen Text zeigen, bevor Besucher schreiben",
            "marketing": "Um Erlaubnis fragen, wo Sie Werbung senden möchten",
            "origins": "Die Websites nennen, die Ihr Widget zeigen dürfen",
            "contact": "Eine Adresse für Benachrichtigungen angeben, damit keine Anfrage untergeht",
            "second-owner": "Eine zweite Person als Inhaber benennen, damit Anfragen rechtzeitig"
            " beantwortet werden",
        },
    },
}
