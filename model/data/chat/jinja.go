package chat

// Jinja is the template as Hugging Face's transformers and others read it from
// tokenizer_config.json. Its generation marks say what the assistant says, so
// that others learn from the same tokens.
const Jinja = "{% for message in messages %}{{ '<|' + message['role'] + '|>' }}" +
	"{% if message['role'] == 'assistant' %}{% generation %}" + jinjaThinking + "{{ message['content'] + '<|end|>' }}{% endgeneration %}" +
	"{% else %}{{ message['content'] + '<|end|>' }}{% endif %}{% endfor %}" +
	"{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"

// PlainJinja is Jinja without marks, for programs that only write.
const PlainJinja = "{% for message in messages %}{{ '<|' + message['role'] + '|>' }}" + jinjaThinking + "{{ message['content'] + '<|end|>' }}{% endfor %}" +
	"{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"

const jinjaThinking = "{% if message['thinking'] %}{{ '<|think|>' + message['thinking'] + '<|/think|>' }}{% endif %}"
