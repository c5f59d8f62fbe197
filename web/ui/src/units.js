// Names of units that a model's price may have, and for how many of them it is quoted: genai-prices' own.

const TOKENS_PER = 1_000_000;

const PER = {
  input_tokens: TOKENS_PER,
  output_tokens: TOKENS_PER,
  cache_read_tokens: TOKENS_PER,
  cache_write_tokens: TOKENS_PER,
  cache_write_1h_tokens: TOKENS_PER,
  input_audio_tokens: TOKENS_PER,
  output_audio_tokens: TOKENS_PER,
  cache_audio_read_tokens: TOKENS_PER,
  input_image_tokens: TOKENS_PER,
  output_image_tokens: TOKENS_PER,
  cache_image_read_tokens: TOKENS_PER,
  input_video_tokens: TOKENS_PER,
  output_video_tokens: TOKENS_PER,
  output_reasoning_tokens: TOKENS_PER,
  output_citation_tokens: TOKENS_PER,
  input_characters: 1_000_000,
  input_text_messages: 1000,
  audio_seconds: 3600,
  input_audio_seconds: 3600,
  output_audio_seconds: 3600,
  input_document_pages: 1000,
  input_annotated_document_pages: 1000,
  rerank_searches: 1000,
  web_searches: 1000,
  social_searches: 1000,
  storage_searches: 1000,
  code_executions: 1000,
  requests: 1000,
  images: 1,
};

export const UNITS = Object.keys(PER);

/** For how many of a unit its price is quoted; null where nothing is known of it. */
export function perOf(unit) {
  return PER[unit] ?? (unit.endsWith('_tokens') ? TOKENS_PER : null);
}
