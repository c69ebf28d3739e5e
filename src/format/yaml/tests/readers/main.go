// Reads lines `{"yaml": …, "json": …}` and compares what the YAML holds with the JSON, types and order of keys included.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

type example struct {
	YAML string          `json:"yaml"`
	JSON json.RawMessage `json:"json"`
}

// What a program gets that asks for a value of any type.
func value(node *yaml.Node) interface{} {
	var got interface{}
	if err := node.Decode(&got); err != nil {
		return err
	}
	return got
}

// Compares the next value of the JSON with a node.
func same(decoder *json.Decoder, node *yaml.Node) bool {
	token, err := decoder.Token()
	if err != nil {
		return false
	}
	switch want := token.(type) {
	case json.Delim:
		kind := map[json.Delim]yaml.Kind{'{': yaml.MappingNode, '[': yaml.SequenceNode}[want]
		if node.Kind != kind {
			return false
		}
		children := node.Content
		for ; decoder.More(); children = children[1:] {
			if len(children) == 0 || !same(decoder, children[0]) {
				return false
			}
		}
		_, err := decoder.Token()
		return err == nil && len(children) == 0
	case json.Number:
		return sameNumber(want.String(), value(node))
	default:
		return value(node) == token
	}
}

// A number without a fraction or an exponent is an integer as far as Go has one.
func sameNumber(text string, got interface{}) bool {
	if !strings.ContainsAny(text, ".eE") {
		switch got := got.(type) {
		case int:
			want, err := strconv.ParseInt(text, 10, 64)
			return err == nil && int64(got) == want
		case uint64:
			want, err := strconv.ParseUint(text, 10, 64)
			return err == nil && got == want
		case float64:
			_, signed := strconv.ParseInt(text, 10, 64)
			_, unsigned := strconv.ParseUint(text, 10, 64)
			if signed == nil || unsigned == nil {
				return false
			}
		}
	}
	want, _ := strconv.ParseFloat(text, 64)
	return got == want
}

func main() {
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			return
		}
		var one example
		if err := json.Unmarshal(line, &one); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		var document yaml.Node
		err = yaml.Unmarshal([]byte(one.YAML), &document)
		decoder := json.NewDecoder(strings.NewReader(string(one.JSON)))
		decoder.UseNumber()
		if err != nil || len(document.Content) != 1 || !same(decoder, document.Content[0]) {
			fmt.Fprintf(os.Stderr, "%s\n%v %#v\n%s\n", one.YAML, err, value(&document), one.JSON)
			os.Exit(1)
		}
	}
}
