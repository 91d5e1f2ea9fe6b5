/**
 * A legal text to start from, in each language of the widget. It speaks of the account's own
 * company and links the company's own policy.
 */
const TEXTS: Record<string, string> = {
  en: "You are writing to **{company}**. We use what you write, and your name and e-mail address if you give them, to answer you.\n\nHow we handle your data and which rights you have is in our [privacy policy]({link}).",
  de: "Sie schreiben an **{company}**. Wir verwenden, was Sie schreiben, und Ihren Namen und Ihre E-Mail-Adresse, wenn Sie sie angeben, um Ihnen zu antworten.\n\nWie wir mit Ihren Daten umgehen und welche Rechte Sie haben, steht in unserer [Datenschutzerklärung]({link}).",
  fr: "Vous écrivez à **{company}**. Nous utilisons ce que vous écrivez, ainsi que votre nom et votre adresse e-mail si vous les indiquez, pour vous répondre.\n\nNotre [politique de confidentialité]({link}) explique comment nous traitons vos données et quels sont vos droits.",
  es: "Está escribiendo a **{company}**. Usamos lo que escribe, y su nombre y correo electrónico si los indica, para responderle.\n\nCómo tratamos sus datos y qué derechos tiene figura en nuestra [política de privacidad]({link}).",
  it: "Sta scrivendo a **{company}**. Usiamo ciò che scrive, e il suo nome e indirizzo e-mail se li indica, per risponderle.\n\nCome trattiamo i suoi dati e quali diritti ha è spiegato nella nostra [informativa sulla privacy]({link}).",
  pt: "Está a escrever para **{company}**. Usamos o que escreve, e o seu nome e e-mail se os indicar, para lhe responder.\n\nComo tratamos os seus dados e que direitos tem está na nossa [política de privacidade]({link}).",
  nl: "U schrijft aan **{company}**. Wij gebruiken wat u schrijft, en uw naam en e-mailadres als u die geeft, om u te antwoorden.\n\nHoe wij met uw gegevens omgaan en welke rechten u hebt, staat in onze [privacyverklaring]({link}).",
  pl: "Piszesz do firmy **{company}**. To, co napiszesz, oraz imię i adres e-mail, jeśli je podasz, wykorzystujemy, aby Ci odpowiedzieć.\n\nJak traktujemy Twoje dane i jakie masz prawa, wyjaśnia nasza [polityka prywatności]({link}).",
  ar: "أنت تكتب إلى **{company}**. نستخدم ما تكتبه، واسمك وبريدك الإلكتروني إن ذكرتهما، للرد عليك.\n\nكيف نتعامل مع بياناتك وما هي حقوقك موضح في [سياسة الخصوصية]({link}).",
};

/** Signs that mean something in the small Markdown mean nothing in a name. */
const plain = (name: string): string => name.replaceAll(/[*[\]]/gu, "");

/** The text in a language, or in English where there is none. */
export function defaultText(language: string, company: string, link: string): string {
  const text = TEXTS[language] ?? TEXTS.en ?? "";
  return text.replace("{company}", () => plain(company)).replace("{link}", () => link);
}

/** The link as the small Markdown takes it, or null when it is none. */
export function policyLink(typed: string): string | null {
  const text = typed.trim();
  if (!text || /\s/u.test(text)) return null;
  const url = URL.parse(/^https?:\/\//iu.test(text) ? text : `https://${text}`);
  if (!url?.hostname.includes(".")) return null;
  return url.href.replaceAll("(", "%28").replaceAll(")", "%29");
}
