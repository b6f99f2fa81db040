{{%AUTOESCAPE context="HTML"}}
{{#BLOCK}}{{#H1}}<h3>{{>SPANS}}</h3>
{{/H1}}{{#H2}}<h4>{{>SPANS}}</h4>
{{/H2}}{{#H3}}<h5>{{>SPANS}}</h5>
{{/H3}}{{#P}}<p>{{>SPANS}}</p>
{{/P}}{{#UL}}<ul>{{#LI}}<li>{{>SPANS}}</li>
{{/LI}}</ul>
{{/UL}}{{#PRE}}<pre tabindex="0">{{#LINE}}{{TEXT}}
{{/LINE}}</pre>
{{/PRE}}{{#TABLE}}<div class="table-responsive" tabindex="0"><table class="table table-sm">{{#HEAD}}<thead><tr>{{#CELL}}<th scope="col">{{>SPANS}}</th>{{/CELL}}</tr></thead>
{{/HEAD}}<tbody>{{#ROW}}<tr>{{#CELL}}<td>{{>SPANS}}</td>{{/CELL}}</tr>
{{/ROW}}</tbody></table></div>
{{/TABLE}}{{/BLOCK}}
