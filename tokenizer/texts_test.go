package tokenizer

import (
	"math/rand/v2"
	"strings"
)

// awkward are texts in more than twenty scripts, with what rules of splitting
// stumble over: marks that combine, contractions in capitals, runs of digits, of
// spaces and of line ends, letters that are not what they look like.
var awkward = []string{
	"It's DON'T we'LL i'ſ THEY'RE o'clock 'tis'd rock'n'roll ’s ‘t x'VE'm",
	"Ça va? Où est l'été — naïve façade, œuvre, Ångström \u212bngstr\u00f6m e\u0301te\u0301 n\u0303o a\u0308\u0304\u0323",
	"Größe, STRASSE, Straße, ẞ, ﬁne ﬂow ﬀ ĳ ǅ ǈ ǆ İstanbul ıI",
	"Η γρήγορη καφέ αλεπού ΠΗΔΆΕΙ πάνω· Σίσυφος ᾳ ΐ",
	"Съешь же ещё этих МЯГКИХ французских булок, да выпей чаю. Ёлка и\u0306",
	"هذه جملةٌ بِالعَرَبِيَّة، ١٢٣٤٥٦٧؟ لا إله ﷺ ـــ نص",
	"שָׁלוֹם עוֹלָם! מה שלומך? 1234 ״ציטוט״",
	"नमस्ते दुनिया। क्षत्रिय १२३४५६ ज़िंदगी क\u093c",
	"বাংলা ভাষা। আমি ভাত খাই ১২৩ য\u09bcা",
	"தமிழ் மொழி கொ கொ ௧௨௩",
	"తెలుగు భాష ౧౨౩ ಕನ್ನಡ ಭಾಷೆ മലയാളം ൧൨",
	"สวัสดีชาวโลก ภาษาไทยไม่มีช่องว่าง ๑๒๓๔",
	"ພາສາລາວ ສະບາຍດີ ໑໒໓ ភាសាខ្មែរ សួស្តី ១២៣ မြန်မာဘာသာ ၁၂၃",
	"བོད་སྐད། བཀྲ་ཤིས་བདེ་ལེགས། ༡༢༣",
	"ქართული ენა ᲥᲐᲠᲗᲣᲚᲘ Հայերեն լեզու։ ԵՒ և",
	"አማርኛ ቋንቋ። ፩፪፫ ሰላም",
	"今日は世界。こんにちは、世界！日本語テスト１２３４５ ｶﾞｷﾞ か\u3099 〇一二三",
	"中文分词没有空格，但有标点。“引号”《书名》…… 𠮷野家 ⼈人 漢字",
	"한국어 문장입니다. \u1112\u1161\u11ab\u1100\u1173\u11af 각 \u1100\u1161\u11a8 ㅎㅏㄴ",
	"ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ Ꭰꭰ ꮳ ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ සිංහල ᮘᮞ",
	"😀😃 👩‍👩‍👧‍👦 🇩🇪🇫🇷🇯 👍🏽❤️ 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ☂︎ ✂️!",
	"𝕳𝖊𝖑𝖑𝖔 𝟙𝟚𝟛 ℕ ℝ ∑∫≤ ①②③ Ⅷ ½¾ x²₃ 10⁻³ ㎏ ㍿ ﷼",
	"1 12 123 1234 12345 123456 1234567 3.14159 1,000,000 0xFF 1e-6 ٣٤٥٦ ４５６７ 12a34b",
	"a  b   c    d\te\t\tf \t g\u00a0h \u00a0i\u2003\u2003j\u3000k\u1680l\u202fm\u205fn",
	"a\n\nb\n\n\nc\n \n d\n\t\n  e\r\nf\r\n\r\n  g\rh\r\ri \n",
	"!\n?\r\n\n...\n\n/\n/path/to//file\r\n \n, \n;\n",
	"one\u0085two \u0085\u0085 three\u2028four\u2029 five\u000bsix\u000cseven",
	"\ufeffbyte order\ufeff mark \ufeff\ufeff \u200bzero\u200d\u200cwidth \u2060\u180e",
	"a\u0000b\u0001\u001f c\u007f\u0080\u009f d\u00ad e\ufffd\ufffd \ufffe",
	" leading and trailing   ", "   ", "\n\n\n", "\t", "", " ", "a", "  a",
	"func main() {\n\tfor i := 0; i < 10; i++ {\n\t\tfmt.Println(\"x_1\", a[i]*2.5e-3) // ok?\n\t}\n}\n",
	"class A(object):\n    def __init__(self, n=None):\n        self.n = n or 0xFF\n\n\n        return\n",
	"<div class=\"a b\">x &amp; y</div><!-- c --> {\"k\": [1, 2.0, null]} SELECT * FROM t WHERE a<>'b';",
	"http://example.org/?q=1&r=%20#frag user@mail.example C:\\Temp\\x.txt ~/a-b_c.tar.gz",
	"camelCase HTTPServer XMLHttpRequest iPhone McDonald ÉCOLE ÀÉÎõü ABCdefGHI aB Ab AB ab",
	"(parens) [brackets] {braces} «guillemets» „quotes“ ‚x‘ ¿qué? ¡sí! a/b a-b a–b a—b a…b * ** *** #1 $5 %6 ^7 ~8 `9` |",
	strings.Repeat("a", 300) + " " + strings.Repeat("ab", 100) + strings.Repeat("=", 99) + strings.Repeat(" ", 77) + strings.Repeat("!?", 50) + strings.Repeat("\n", 55),
	strings.Repeat("1", 100) + strings.Repeat("é", 60) + strings.Repeat("語", 60) + strings.Repeat("😀", 30) + strings.Repeat("\t", 40) + strings.Repeat("▁", 9) + "a▁b ▁ c▁",
	"Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft antidisestablishmentarianism",
	"A <|endoftext|> b</s><s>c <|im_start|>user\nhi<|im_end|>\n<unk> <pad>[INST] <bos><eos> <think>x</think><tool_call> <｜end▁of▁sentence｜> <0x0A>",
}

// mixed is n bytes, about, of the awkward texts and of others in between, in
// pieces put together by chance.
func mixed(n int, others ...string) string {
	all := append(append([]string{}, awkward...), others...)
	r := rand.New(rand.NewPCG(7, 7))
	var text strings.Builder
	for text.Len() < n {
		runes := []rune(all[r.IntN(len(all))])
		from := r.IntN(len(runes) + 1)
		text.WriteString(string(runes[from:min(len(runes), from+1+r.IntN(200))]))
		text.WriteString([]string{"", " ", "\n", "  ", "\n\n", ", ", "'"}[r.IntN(7)])
	}
	return text.String()
}
