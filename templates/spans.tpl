{{%AUTOESCAPE context="HTML"}}
{{#SPAN}}{{#TEXT}}{{VALUE}}{{/TEXT}}{{#CODE}}<code>{{VALUE}}</code>{{/CODE}}{{#BOLD}}<b>{{VALUE}}</b>{{/BOLD}}{{/SPAN}}
