"""The words of the page in a person's copy, in the languages of the widget."""

from __future__ import annotations

_KEYS = (
    "title", "profile", "conversation", "consents", "more", "name", "email", "phone", "language",
    "browser", "os", "page_url", "created_at", "last_seen_at", "visitor", "operator", "bot",
    "system", "intro", "files", "deleted",
)  # fmt: skip
_LINES = {
    "en": (
        "Your data|Your details|Conversation|What you were shown and answered|The other files"
        "|Name|Email|Phone|Language|Browser|Operating system|Page|First seen|Last seen"
        "|You|Operator|Bot|Software"
        "|This is everything that is held about you. It can be read here, offline, and printed."
        "|The same and more, for programs: profile.json, conversations, consents.json,"
        " processing.json (what for, on which legal basis, for how long), recipients.json,"
        " messages.csv for spreadsheets, attachments with the files that were sent, and data with"
        " all that is left. manifest.json lists every file with its SHA-256."
        "|deleted"
    ),
    "de": (
        "Ihre Daten|Ihre Angaben|Gespräch|Was Ihnen gezeigt wurde und was Sie antworteten"
        "|Die anderen Dateien|Name|E-Mail|Telefon|Sprache|Browser|Betriebssystem|Seite"
        "|Zuerst gesehen|Zuletzt gesehen|Sie|Mitarbeiter|Bot|Software"
        "|Dies ist alles, was über Sie gespeichert ist. Es lässt sich hier ohne Internet lesen"
        " und drucken."
        "|Dasselbe und mehr für Programme: profile.json, conversations, consents.json,"
        " processing.json (wofür, auf welcher Rechtsgrundlage, wie lange), recipients.json,"
        " messages.csv für Tabellenprogramme, attachments mit den gesendeten Dateien und data mit"
        " allem Übrigen. manifest.json nennt jede Datei mit ihrem SHA-256."
        "|gelöscht"
    ),
    "fr": (
        "Vos données|Vos coordonnées|Conversation|Ce qui vous a été montré et vos réponses"
        "|Les autres fichiers|Nom|E-mail|Téléphone|Langue|Navigateur|Système d’exploitation|Page"
        "|Première visite|Dernière visite|Vous|Opérateur|Bot|Logiciel"
        "|Voici tout ce qui est conservé à votre sujet. Vous pouvez le lire ici hors ligne et"
        " l’imprimer."
        "|La même chose et davantage, pour des programmes : profile.json, conversations,"
        " consents.json, processing.json (finalités, bases juridiques, durées), recipients.json,"
        " messages.csv pour les tableurs, attachments avec les fichiers envoyés, et data avec tout"
        " le reste. manifest.json énumère chaque fichier avec son SHA-256."
        "|supprimé"
    ),
    "es": (
        "Sus datos|Sus datos personales|Conversación|Lo que se le mostró y lo que respondió"
        "|Los demás archivos|Nombre|Correo electrónico|Teléfono|Idioma|Navegador"
        "|Sistema operativo|Página|Primera visita|Última visita|Usted|Operador|Bot|Software"
        "|Esto es todo lo que se guarda sobre usted. Puede leerlo aquí sin conexión e imprimirlo."
        "|Lo mismo y más, para programas: profile.json, conversations, consents.json,"
        " processing.json (fines, bases jurídicas, plazos), recipients.json, messages.csv para"
        " hojas de cálculo, attachments con los archivos enviados y data con todo lo demás."
        " manifest.json enumera cada archivo con su SHA-256."
        "|eliminado"
    ),
    "it": (
        "I suoi dati|I suoi recapiti|Conversazione|Ciò che le è stato mostrato e le sue risposte"
        "|Gli altri file|Nome|E-mail|Telefono|Lingua|Browser|Sistema operativo|Pagina"
        "|Prima visita|Ultima visita|Lei|Operatore|Bot|Software"
        "|Questo è tutto ciò che è conservato su di lei. Può leggerlo qui senza connessione e"
        " stamparlo."
        "|Lo stesso e altro, per i programmi: profile.json, conversations, consents.json,"
        " processing.json (finalità, basi giuridiche, durata), recipients.json, messages.csv per"
        " i fogli di calcolo, attachments con i file inviati e data con tutto il resto."
        " manifest.json elenca ogni file con il suo SHA-256."
        "|eliminato"
    ),
    "pt": (
        "Os seus dados|Os seus contactos|Conversa|O que lhe foi mostrado e o que respondeu"
        "|Os outros ficheiros|Nome|E-mail|Telefone|Idioma|Navegador|Sistema operativo|Página"
        "|Primeira visita|Última visita|Você|Operador|Bot|Software"
        "|Isto é tudo o que está guardado sobre si. Pode lê-lo aqui sem ligação e imprimi-lo."
        "|O mesmo e mais, para programas: profile.json, conversations, consents.json,"
        " processing.json (finalidades, bases legais, prazos), recipients.json, messages.csv"
        " para folhas de cálculo, attachments com os ficheiros enviados e data com tudo o resto."
        " manifest.json enumera cada ficheiro com o seu SHA-256."
        "|eliminado"
    ),
    "nl": (
        "Uw gegevens|Wat u over uzelf zei|Gesprek|Wat u te zien kreeg en antwoordde"
        "|De andere bestanden|Naam|E-mail|Telefoon|Taal|Browser|Besturingssysteem|Pagina"
        "|Eerst gezien|Laatst gezien|U|Medewerker|Bot|Software"
        "|Dit is alles wat over u wordt bewaard. U kunt het hier zonder verbinding lezen en"
        " afdrukken."
        "|Hetzelfde en meer, voor programma’s: profile.json, conversations, consents.json,"
        " processing.json (doelen, rechtsgronden, bewaartijden), recipients.json, messages.csv"
        " voor rekenbladen, attachments met de verzonden bestanden en data met al het overige."
        " manifest.json noemt elk bestand met zijn SHA-256."
        "|verwijderd"
    ),
    "pl": (
        "Twoje dane|Informacje o Tobie|Rozmowa|Co Ci pokazano i co odpowiedziano"
        "|Pozostałe pliki|Imię i nazwisko|E-mail|Telefon|Język|Przeglądarka|System operacyjny"
        "|Strona|Pierwsza wizyta|Ostatnia wizyta|Ty|Konsultant|Bot|Oprogramowanie"
        "|To wszystko, co jest przechowywane na Twój temat. Można to przeczytać tutaj bez"
        " połączenia z internetem i wydrukować."
        "|To samo i więcej, dla programów: profile.json, conversations, consents.json,"
        " processing.json (cele, podstawy prawne, okresy), recipients.json, messages.csv dla"
        " arkuszy kalkulacyjnych, attachments z wysłanymi plikami oraz data z całą resztą."
        " manifest.json wymienia każdy plik z jego SHA-256."
        "|usunięto"
    ),
    "ar": (
        "بياناتك|معلوماتك|المحادثة|ما عُرض عليك وما أجبت به|الملفات الأخرى"
        "|الاسم|البريد الإلكتروني|الهاتف|اللغة|المتصفح|نظام التشغيل|الصفحة"
        "|أول زيارة|آخر زيارة|أنت|الموظف|الروبوت|البرنامج"
        "|هذا كل ما هو محفوظ عنك. يمكنك قراءته هنا دون اتصال وطباعته."
        "|المحتوى نفسه وأكثر للبرامج: profile.json و conversations و consents.json و"
        " processing.json (الأغراض والأسس القانونية والمدد) و recipients.json و messages.csv"
        " لجداول البيانات و attachments للملفات المرسلة و data لكل ما تبقى."
        " يذكر manifest.json كل ملف مع SHA-256 الخاص به."
        "|محذوف"
    ),
}

WORDS: dict[str, dict[str, str]] = {
    language: dict(zip(_KEYS, line.split("|"), strict=True)) for language, line in _LINES.items()
}
