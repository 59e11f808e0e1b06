using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace EspForge.Studio;

/// <summary>
/// The OpenAPI document of everything under <c>/api/v1</c>; the browser part's types are generated from it. It is the same wherever it is asked for, so
/// that it can be compared with the one that is kept next to the project.
/// </summary>
internal static class StudioOpenApi
{
    private const string Bearer = "bearer";
    private const string Plan = "PinPlan";

    public static void AddStudioOpenApi(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        // The shapes' names of docs/api.md: what the code calls the view of a thing is the thing for who reads the API.
        options.CreateSchemaReferenceId = type => OpenApiOptions.CreateDefaultSchemaReferenceId(type)?
            .Replace("View", "", StringComparison.Ordinal).Replace("Document", "", StringComparison.Ordinal).Replace("IReadOnlyListOf", "ListOf", StringComparison.Ordinal);
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = StudioVersion.Product, Version = "v1", Description = "See docs/api.md." };
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
            {
                [Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = Bearer, BearerFormat = "JWT" },
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
            foreach (var path in document.Paths.Values.OfType<OpenApiPathItem>())
                Tidy(path);
            NamePlans(document);
            return Task.CompletedTask;
        });
    });

    private static void Tidy(OpenApiPathItem path)
    {
        // HEAD answers what GET does, and an operation's id is given once.
        path.Operations?.Remove(HttpMethod.Head);
        foreach (var operation in path.Operations?.Values ?? Enumerable.Empty<OpenApiOperation>())
        {
            // Says to routing that the handler looks at the type itself.
            operation.RequestBody?.Content?.Remove("*/*");
            if (operation.RequestBody?.Content?.TryGetValue("multipart/form-data", out var form) is true)
                form.Schema = FilePart();
            var responses = operation.Responses ??= [];
            if (!responses.Keys.Any(status => status.StartsWith('2')))
                responses["204"] = new OpenApiResponse { Description = "Done." };
            var refusal = responses.TryGetValue("400", out var described) ? described : null;
            operation.Responses = [];
            foreach (var (status, response) in responses.Where(one => one.Key.StartsWith('2')).OrderBy(one => one.Key, StringComparer.Ordinal))
                operation.Responses[status] = response;
            if (refusal is OpenApiResponse { Content: { } content })
                operation.Responses["default"] = new OpenApiResponse { Description = "Refused: error.code and error.message say why.", Content = content };
        }
    }

    private static OpenApiSchema FilePart() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string>(StringComparer.Ordinal) { "file" },
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal) { ["file"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
    };

    /// <summary>A plan is kept and passed on as JSON; its shape is the one that pins/check asks for.</summary>
    private static void NamePlans(OpenApiDocument document)
    {
        if (document.Components?.Schemas is not { } schemas || !schemas.ContainsKey(Plan))
            return;
        foreach (var name in (string[])["Project", "ChangeProjectRequest", "ProjectRevisionPlan", "Port", "Import"])
        {
            if (schemas.TryGetValue(name, out var schema) && schema is OpenApiSchema { Properties: { } properties } && properties.ContainsKey("plan"))
                properties["plan"] = new OpenApiSchemaReference(Plan, document);
        }

        if (schemas.TryGetValue("Solution", out var solution) && solution is OpenApiSchema { Properties: { } answer })
            answer["plan"] = new OpenApiSchema { OneOf = [new OpenApiSchema { Type = JsonSchemaType.Null }, new OpenApiSchemaReference(Plan, document)] };

        // A GPIO or a header; line → GPIO, or a number: what docs/pins.md says, the document leaves open.
        if (schemas.TryGetValue("PinNeed", out var need) && need is OpenApiSchema { Properties: { } wishes })
        {
            foreach (var name in (string[])["near", "locked", "soldered"])
                wishes[name] = new OpenApiSchema();
        }

        schemas.Remove("JsonElement");
    }
}
