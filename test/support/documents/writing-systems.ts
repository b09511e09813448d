/** A line in each writing system that the set-up gets fonts for. */
export const lines: Readonly<Record<string, string>> = {
  Japanese: '日本語の文章です。',
  Chinese: '这是一行中文。',
  Korean: '한국어 문장입니다.',
  emoji: '🧡🚀👩‍💻🇨🇭',
  Arabic: 'هذا سطر بالعربية',
  Hebrew: 'זו שורה בעברית',
  Devanagari: 'यह हिन्दी की पंक्ति है',
  Thai: 'นี่คือบรรทัดภาษาไทย',
};

/** A character that no font has: in a plane for private use. */
export const unknownCharacter = '\u{10FFF0}';
export const otherUnknownCharacter = '\u{10FFE7}';
