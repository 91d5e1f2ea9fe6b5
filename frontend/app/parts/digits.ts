/** Numbers as people type them. */

/** With the digits that machines read: an Arabic or Persian keyboard writes others. */
export const plainDigits = (text: string): string =>
  text.replace(/[٠-٩۰-۹]/gu, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf));
