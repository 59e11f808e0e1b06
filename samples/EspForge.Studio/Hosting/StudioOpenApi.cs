using EspForge.AspNetCore;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace EspForge.Studio;

/// <summary>The OpenAPI document of everything under <c>/api/v1</c>; the browser part's types are generated from it.</summary>
internal static class StudioOpenApi
{
    private const string Bearer = "bearer";

    public static void AddStudioOpenApi(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        // The document is the same wherever it is asked for, so that it can be compared with the one that is kept.
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = StudioVersion.Product, Version = "v1", Description = "See docs/api.md." };
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = Bearer, BearerFormat = "JWT" };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
            return Task.CompletedTask;
        });

        // The shapes' names of docs/api.md: what the code calls a view of a thing is the thing for who reads the API.
        options.CreateSchemaReferenceId = type => OpenApiOptions.CreateDefaultSchemaReferenceId(type) is { } name ? name.Replace("View", "", StringComparison.Ordinal) : null;
    });
}
