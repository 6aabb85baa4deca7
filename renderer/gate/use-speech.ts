/** Reads a text aloud with a voice of this computer. */
import { useCallback, useEffect, useState } from 'react';
import type { Language } from '../../shared/lib/language.ts';

export interface Speech {
  /** A voice for the current language is installed. */
  readonly isAvailable: boolean;
  readonly isSpeaking: boolean;
  /** Speaks the passages one after another; a further call stops. */
  toggle(passages: readonly string[]): void;
}

/** Only voices of this computer: others send the text to a company's server. */
function findVoice(language: Language): SpeechSynthesisVoice | undefined {
  const wanted = language.slice(0, 2);
  const voices = window.speechSynthesis
    .getVoices()
    .filter((voice) => voice.localService && voice.lang.toLowerCase().startsWith(wanted));
  return voices.find((voice) => voice.lang.replace('_', '-') === language) ?? voices[0];
}

export function useSpeech(language: Language): Speech {
  const [voice, setVoice] = useState<SpeechSynthesisVoice>();
  const [isSpeaking, setSpeaking] = useState(false);

  useEffect(() => {
    const { speechSynthesis } = window;
    // Some systems list their voices only some time after the first question.
    const look = () => setVoice(findVoice(language));
    look();
    speechSynthesis.addEventListener('voiceschanged', look);
    return () => {
      speechSynthesis.removeEventListener('voiceschanged', look);
      speechSynthesis.cancel();
      setSpeaking(false);
    };
  }, [language]);

  const toggle = useCallback(
    (passages: readonly string[]) => {
      const { speechSynthesis } = window;
      speechSynthesis.cancel();
      if (isSpeaking || voice === undefined) {
        setSpeaking(false);
        return;
      }
      setSpeaking(true);
      // One utterance for each passage: Chromium stops in the middle of a long one.
      const utterances = passages.map((passage) => {
        const utterance = new SpeechSynthesisUtterance(passage);
        utterance.voice = voice;
        utterance.lang = voice.lang;
        utterance.rate = 0.95;
        utterance.addEventListener('error', () => setSpeaking(false));
        return utterance;
      });
      utterances.at(-1)?.addEventListener('end', () => setSpeaking(false));
      for (const utterance of utterances) speechSynthesis.speak(utterance);
    },
    [isSpeaking, voice],
  );
  return { isAvailable: voice !== undefined, isSpeaking, toggle };
}
