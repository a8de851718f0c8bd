// A chat template on its own: no model is needed.

// snippet.render
import ChatTemplates

let template = try ChatTemplate(
    """
    {%- for message in messages %}
    <|{{ message.role }}|>{{ message.content | trim }}
    {%- endfor %}
    {%- if add_generation_prompt %}<|assistant|>{% endif %}
    """
)
let prompt = try template.render(
    ["messages": [["role": "user", "content": "Why is the sky blue?"]], "add_generation_prompt": true],
    now: TemplateDate(year: 2026, month: 1, day: 15)
)
// snippet.end
print(prompt)

// snippet.errors
do throws(TemplateError) {
    _ = try ChatTemplate("{{ messages[0].content.upper( }}")
} catch {
    print(error)  // syntax at line 1, column 31: '}' closes nothing here; expected ')'
}
// snippet.end
