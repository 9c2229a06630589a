package wording

// Field is the name of a recipe's number.
func (w *Words) Field(key string) string { return w.named("field_", key) }

// FieldAbout says what a recipe's number does, "" if its name says it.
func (w *Words) FieldAbout(key string) string { return w.about("field_", key) }

// Choice names one of the words that a recipe's field may be.
func (w *Words) Choice(word string) string { return w.named("choice_", word) }

// named is what the catalogue calls one of a family, which else keeps the name
// that it has.
func (w *Words) named(family, key string) string {
	if _, known := w.phrases[family+key]; known {
		return w.Say(family + key)
	}
	return key
}

// about is what the catalogue says of one of a family, "" for nothing.
func (w *Words) about(family, key string) string {
	if _, known := w.phrases[family+key+"_about"]; known {
		return w.Say(family + key + "_about")
	}
	return ""
}

// after is what the catalogue says to do about one of a family, "" for nothing.
func (w *Words) after(family, key string) string {
	if _, known := w.phrases[family+key+"_next"]; known {
		return w.Say(family + key + "_next")
	}
	return ""
}
