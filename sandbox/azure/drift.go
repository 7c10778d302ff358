package azure

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

// drifted changes inputs by what has changed between two states of a resource,
// both cut down to what a program can give. Azure fills in a lot that no program
// gave, so the state itself would be no fair picture of the inputs: only a
// change in it is.
func drifted(inputs, before, after resource.PropertyMap) resource.PropertyMap {
	result := inputs.Copy()
	for key := range before {
		if _, ok := after[key]; !ok {
			delete(result, key)
		}
	}
	for key, now := range after {
		was, ok := before[key]
		if ok && was.DeepEquals(now) {
			continue
		}
		given, isGiven := inputs[key]
		if !ok || !isGiven {
			result[key] = now
			continue
		}
		result[key] = driftedValue(given, was, now)
	}
	return result
}

func driftedValue(given, before, after resource.PropertyValue) resource.PropertyValue {
	given, before = bare(given), bare(before)
	switch {
	case given.IsObject() && before.IsObject() && after.IsObject():
		return resource.NewProperty(drifted(given.ObjectValue(), before.ObjectValue(), after.ObjectValue()))
	case given.IsArray() && before.IsArray() && after.IsArray():
		return driftedList(given.ArrayValue(), before.ArrayValue(), after.ArrayValue())
	default:
		return after
	}
}

// driftedList compares lists by position, as Pulumi's diffs do.
func driftedList(given, before, after []resource.PropertyValue) resource.PropertyValue {
	list := make([]resource.PropertyValue, len(after))
	for i, now := range after {
		switch {
		case i >= len(given) || i >= len(before):
			list[i] = now
		case before[i].DeepEquals(now):
			list[i] = given[i]
		default:
			list[i] = driftedValue(given[i], before[i], now)
		}
	}
	return resource.NewProperty(list)
}
