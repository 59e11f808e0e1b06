using System.Security.Claims;
using EspForge.AspNetCore;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace EspForge.Studio.Accounts;

/// <summary>Registers Identity's store, the tokens and the bearer scheme.</summary>
internal static class AccountServices
{
    public static void AddStudioAccounts(this IServiceCollection services, IConfigurationSection settings)
    {
        services.AddOptions<AccountOptions>().Bind(settings).ValidateDataAnnotations().ValidateOnStart();
        services.AddIdentityCore<StudioUser>(identity =>
        {
            identity.User.RequireUniqueEmail = true;
            identity.User.AllowedUserNameCharacters = "";
            identity.Password.RequiredLength = PasswordRules.MinimumLength;
            identity.Password.RequireDigit = false;
            identity.Password.RequireLowercase = false;
            identity.Password.RequireUppercase = false;
            identity.Password.RequireNonAlphanumeric = false;
        }).AddEntityFrameworkStores<StudioDbContext>().AddPasswordValidator<PasswordRules>();

        services.AddSingleton<AccessTokens>();
        services.AddSingleton<OpenSignIns>();
        services.AddSingleton<AttemptLimits>();
        services.AddScoped<SignIns>();
        services.AddScoped<UserSessions>();
        services.AddScoped<IActorNames, UserNames>();

        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<AccessTokens>((bearer, tokens) =>
        {
            bearer.MapInboundClaims = false;
            bearer.TokenValidationParameters = tokens.Validation;
            bearer.Events = new JwtBearerEvents
            {
                OnTokenValidated = async context =>
                {
                    var open = context.HttpContext.RequestServices.GetRequiredService<OpenSignIns>();
                    if (!Guid.TryParse(context.Principal?.FindFirstValue(AccessTokens.SignInClaim), out var signIn)
                        || !await open.IsOpenAsync(signIn, context.HttpContext.RequestAborted))
                        context.Fail("The sign-in was closed.");
                },
            };
        });
    }
}
