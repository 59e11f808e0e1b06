using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EspForge.AspNetCore;

/// <summary>Turns what the JSON reader says into fields and sentences: what is wrong with which member, and what it is to be.</summary>
internal static class JsonFaults
{
    private const string Member = "The member";

    /// <summary>One detail for each member that is wrong; at least one. The field is the path without its root, such as <c>stages[1].percent</c>, or empty for the body itself.</summary>
    public static IReadOnlyList<ApiDetail> Explain(JsonException error, Type body, JsonSerializerOptions options)
    {
        var field = Field(error.Path);
        var message = error.Message;
        if (message.Contains("could not be mapped", StringComparison.Ordinal))
            return [Unknown(field, Quoted(message), body, options)];
        if (message.Contains("missing required", StringComparison.Ordinal))
            return [.. Names(message).Select(name => new ApiDetail(Join(field, name), $"{Member} '{Join(field, name)}' is missing; it is required."))];
        if (message.StartsWith("Duplicate", StringComparison.Ordinal))
            return [new ApiDetail(Or(field, Quoted(message)), $"{Member} '{Or(field, Quoted(message))}' is there twice.")];
        if (message.Contains("allow null", StringComparison.Ordinal) || message.Contains("allow setting null", StringComparison.Ordinal))
            return [new ApiDetail(field, $"{Member} '{field}' must not be null; it must be {Describe(TypeAt(field, body, options))}.")];
        if (message.Contains("maximum configured depth", StringComparison.Ordinal))
            return [new ApiDetail(field, $"The body is nested deeper than {options.MaxDepth} levels.")];
        if (error.InnerException is { } inner && inner.Message.Contains("UTF-16", StringComparison.Ordinal))
            return [new ApiDetail(field, $"{(field.Length == 0 ? "The body" : $"{Member} '{field}'")} holds half of a character (a lone surrogate).")];
        if (message.Contains("could not be converted", StringComparison.Ordinal))
        {
            return field.Length == 0
                ? [new ApiDetail("", $"The body must be {Describe(body)}.")]
                : [new ApiDetail(field, $"{Member} '{field}' must be {Describe(TypeAt(field, body, options))}.")];
        }

        return [new ApiDetail(field, error.LineNumber is { } line ? $"The body is not valid JSON (line {line + 1}, byte {(error.BytePositionInLine ?? 0) + 1})." : "The body is not valid JSON.")];
    }

    /// <summary>Whether a name or text holds a lone surrogate: JSON allows it, .NET cannot read it, and who parses before binding finds out late.</summary>
    public static bool HoldsHalfCharacters(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1_000 });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                    _ = reader.GetString();
            }
        }
        catch (JsonException)
        {
            // Another fault, which whoever reads it in earnest will name.
        }
        catch (InvalidOperationException)
        {
            return true;
        }

        return false;
    }

    private static ApiDetail Unknown(string field, string? name, Type body, JsonSerializerOptions options)
    {
        field = Or(field, name);
        var last = field.LastIndexOf('.');
        var parent = TypeAt(last < 0 ? "" : field[..last], body, options);
        var known = parent is null ? [] : options.GetTypeInfo(parent).Properties.Select(property => property.Name).ToList();
        return new ApiDetail(field, known.Count == 0 ? $"{Member} '{field}' is not known here." : $"{Member} '{field}' is not known here; known are {string.Join(", ", known)}.");
    }

    /// <summary>What a value of the type looks like in JSON.</summary>
    private static string Describe(Type? type)
    {
        type = type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            null => "of another type",
            _ when type == typeof(string) => "a text",
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(int) => "a whole number from -2147483648 to 2147483647",
            _ when type == typeof(long) => "a whole number of at most 64 bits",
            _ when type == typeof(double) => "a number",
            _ when type == typeof(Guid) => "an id (UUID), such as 01a20206-8f97-7199-90cd-347f35f7dda8",
            _ when type == typeof(DateTimeOffset) => "a time (ISO 8601)",
            { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName))}",
            _ when type.IsAssignableTo(typeof(System.Collections.IDictionary)) || IsGeneric(type, typeof(IReadOnlyDictionary<,>)) => "an object",
            _ when type.IsAssignableTo(typeof(System.Collections.IEnumerable)) => "a list",
            _ => "an object",
        };
    }

    /// <summary>The type at the path, or <see langword="null"/> where the path leads to no member.</summary>
    private static Type? TypeAt(string field, Type body, JsonSerializerOptions options)
    {
        JsonTypeInfo? at = options.GetTypeInfo(body);
        foreach (var step in field.Split(['.', '['], StringSplitOptions.RemoveEmptyEntries))
        {
            at = at switch
            {
                null => null,
                { ElementType: { } element } => options.GetTypeInfo(element),
                _ => at.Properties.FirstOrDefault(property => string.Equals(property.Name, step, StringComparison.OrdinalIgnoreCase)) is { } property
                    ? options.GetTypeInfo(property.PropertyType)
                    : null,
            };
        }

        return at?.Type;
    }

    private static bool IsGeneric(Type type, Type definition) => type.IsGenericType && type.GetGenericTypeDefinition() == definition;

    private static string Field(string? path)
    {
        path ??= "";
        return path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path.StartsWith('$') ? path[1..] : path;
    }

    private static string Join(string parent, string name) => parent.Length == 0 ? name : $"{parent}.{name}";

    private static string Or(string field, string? name) => field.Length == 0 ? name ?? "" : field;

    private static string? Quoted(string message) => Between(message, 0).Text;

    /// <summary>The names in quotes after the colon: <c>… including: 'a', 'b'.</c></summary>
    private static List<string> Names(string message)
    {
        var names = new List<string>();
        var at = Math.Max(0, message.LastIndexOf(": ", StringComparison.Ordinal));
        while (Between(message, at) is { Text: { } name } found)
        {
            names.Add(name);
            at = found.End;
        }

        return names.Count == 0 ? [""] : names;
    }

    private static (string? Text, int End) Between(string message, int start)
    {
        var from = message.IndexOf('\'', start);
        var to = from < 0 ? -1 : message.IndexOf('\'', from + 1);
        return to < 0 ? (null, start) : (message[(from + 1)..to], to + 1);
    }
}
