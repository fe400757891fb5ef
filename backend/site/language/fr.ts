/** Tous les textes du site en français. */
import type { Texts } from './en.ts';

const every: Readonly<Record<string, readonly [one: string, each: string]>> = {
  day: ['jour', 'Chaque jour'],
  week: ['semaine', 'Chaque semaine'],
  month: ['mois', 'Chaque mois'],
  year: ['an', 'Chaque année'],
};
const many: Readonly<Record<string, string>> = { day: 'jours', week: 'semaines', month: 'mois', year: 'ans' };

const status: Readonly<Record<string, string>> = {
  active: 'Actif',
  trialing: 'À l’essai',
  past_due: 'Paiement en retard',
  unpaid: 'Impayé',
  paused: 'En pause',
  incomplete: 'En attente du premier paiement',
  incomplete_expired: 'Expiré',
  canceled: 'Terminé',
};

const outcome: Readonly<Record<string, string>> = {
  sent: 'Envoyé en message privé',
  dm_closed: 'Non remis\u00a0: vos messages privés sont fermés',
  waiting: 'En attente\u00a0: envoyé dès que vous rejoindrez le serveur',
  superseded: 'Non envoyé\u00a0: un message plus récent le remplace',
  no_mutual_guild: 'Non remis\u00a0: vous ne partagez aucun serveur avec Moddy',
  unknown_user: 'Non remis\u00a0: Discord ne connaît plus ce compte',
};

export const fr: Texts = {
  code: 'fr',
  languageName: 'Français',
  otherLanguage: { code: 'en', name: 'English' },
  siteName: 'Moddy',
  skip: 'Aller au contenu',
  nav: {
    label: 'Principale',
    plans: 'Formules',
    account: 'Mon compte',
    login: 'Se connecter avec Discord',
    loginShort: 'Se connecter',
    logout: 'Se déconnecter',
  },
  footer: {
    payments: 'Le paiement se fait chez Stripe\u00a0; aucun numéro de carte ne nous parvient.',
    language: 'Langue',
  },
  back: 'Retour aux formules',
  tryAgain: 'Réessayer',

  plans: {
    title: 'Formules',
    headline: 'Plus de Moddy sur votre Discord',
    lead: 'Choisissez une formule et payez chez Stripe. Votre rôle et un message de Moddy vous parviennent sur Discord en quelques secondes.',
    heading: 'Les formules',
    choose: (plan) => `Choisir ${plan}`,
    billing: (plan) => `Facturation de ${plan}`,
    yours: 'Votre formule',
    manage: 'Gérer mon abonnement',
    highest: 'La plus complète',
    saves: (percent) => `${percent}\u00a0% d’économie`,
    none: 'Aucune formule n’est en vente pour le moment.',
    unavailable: 'Les prix ne peuvent pas être affichés pour le moment. Revenez dans quelques minutes.',
    example: {
      today: 'Aujourd’hui',
      title: (plan) => `Bienvenue dans ${plan}`,
      text: (plan) => `Votre abonnement ${plan} est actif. Merci de soutenir Moddy\u00a0!`,
      role: 'Votre rôle',
    },
    how: 'Comment ça marche',
    steps: [
      [
        'Connectez-vous avec Discord',
        'Pour savoir quel compte reçoit le rôle. Nous ne publions jamais rien en votre nom.',
      ],
      ['Payez chez Stripe', 'Par carte, sur les pages de Stripe.'],
      ['Profitez', 'Moddy vous donne votre rôle et vous écrit en message privé. Résiliez quand vous voulez.'],
    ],
    per: (interval, count) =>
      count === 1 ? `par ${every[interval]?.[0] ?? interval}` : `tous les ${count} ${many[interval] ?? interval}`,
  },

  subscribe: {
    title: 'Votre choix',
    lead: 'Un dernier regard avant de payer.',
    plan: 'Formule',
    price: 'Prix',
    account: 'Compte Discord',
    accountNote: 'C’est ce compte qui reçoit le rôle. Ce n’est pas le vôtre\u00a0? Déconnectez-vous et prenez le bon.',
    renews:
      'L’abonnement se renouvelle de lui-même. Vous pouvez résilier à tout moment et gardez la formule jusqu’à la fin de ce qui est payé.',
    pay: 'Continuer vers le paiement',
    payNote: 'Vous payez sur la page de Stripe.',
    login: 'Se connecter avec Discord pour continuer',
    loginNote: 'Discord nous indique votre identifiant, votre nom, votre langue et votre adresse e-mail. Rien d’autre.',
  },

  already: {
    title: 'Vous avez déjà un abonnement',
    same: (plan) => `${plan} est déjà à vous\u00a0: il n’y a rien de plus à payer.`,
    other: (has, chosen) =>
      `Vous avez ${has}. Pour passer à ${chosen}, modifiez votre abonnement, afin de ne pas en payer deux.`,
    manage: 'Modifier mon abonnement',
    account: 'Voir mon compte',
  },

  success: {
    title: (plan) => `Vous avez ${plan}`,
    lead: 'Votre paiement est arrivé. Merci\u00a0!',
    subscription: (plan) => `${plan} est actif.`,
    role: {
      given: 'Votre rôle est en place sur Discord.',
      waiting: 'Votre rôle arrive sur Discord dans un instant.',
      absent: 'Vous n’êtes pas encore sur le serveur Discord\u00a0: votre rôle sera donné dès que vous le rejoindrez.',
      failed: 'Discord a refusé le rôle. Nous le savons et nous en occupons\u00a0; vous n’avez rien à faire.',
    },
    message: {
      sent: 'Moddy vous a écrit.',
      waiting: 'Moddy vous écrit dans un instant.',
      rejected: 'Moddy n’a pas pu vous écrire\u00a0: vos messages privés sont fermés.',
    },
    account: 'Voir mon compte',
  },
  waiting: {
    title: 'Dans un instant…',
    lead: 'Stripe va nous annoncer votre paiement. Cette page s’actualise d’elle-même.',
    longTitle: 'C’est plus long que d’habitude',
    long: 'Aucun paiement ne nous a encore été annoncé. Si vous avez payé, rien n’est perdu\u00a0: votre formule démarre d’elle-même dès que Stripe nous prévient, et Moddy vous écrit. Vous pouvez fermer cette page.',
    again: 'Actualiser maintenant',
    stop: 'Ne plus actualiser la page',
  },
  cancelled: {
    title: 'Rien n’a été payé',
    lead: 'Vous avez quitté la page avant de payer\u00a0: vous n’avez pas d’abonnement et rien n’a été débité.',
  },

  account: {
    title: 'Mon compte',
    discordId: 'Identifiant Discord',
    email: 'E-mail',
    noEmail: 'aucun',
    subscription: 'Mon abonnement',
    plan: 'Formule',
    none: 'Vous n’avez pas d’abonnement.',
    see: 'Voir les formules',
    status: (name) => status[name] ?? 'Inconnu',
    statusLabel: 'Statut',
    billing: 'Facturation',
    interval: (interval) => every[interval ?? '']?.[1] ?? '–',
    renews: 'Se renouvelle le',
    ends: 'Prend fin le',
    ended: 'A pris fin le',
    role: 'Rôle sur Discord',
    roleShort: {
      given: 'En place',
      waiting: 'En route',
      absent: 'Attend que vous rejoigniez le serveur',
      failed: 'Refusé par Discord\u00a0; nous nous en occupons',
    },
    late: 'Votre dernier paiement n’est pas passé. Vérifiez votre moyen de paiement pour garder votre formule.',
    manage: 'Gérer mon abonnement',
    manageNote: 'Changer de formule, de carte ou de facturation, voir les factures, résilier\u00a0: chez Stripe.',
    fromPortal: 'Ce que vous avez changé chez Stripe s’affiche ici en quelques secondes.',
    reload: 'Afficher le plus récent',
    messages: 'Ce que Moddy vous a dit',
    noMessages: 'Rien pour l’instant.',
    outcome: (name) => outcome[name ?? ''] ?? 'Non remis',
    notices: (action, change, plan) => {
      switch (change) {
        case 'cancellation_scheduled':
          return `${plan} prendra fin avec la période payée`;
        case 'cancellation_withdrawn':
          return `${plan} continue\u00a0: la résiliation est annulée`;
        case 'interval_changed':
          return `La facturation de ${plan} a changé`;
        case 'payment_late':
          return `Le paiement de ${plan} n’est pas passé`;
        case 'payment_recovered':
          return `Le paiement de ${plan} est arrivé`;
        case 'resumed':
          return `${plan} est de nouveau actif`;
      }
      switch (action) {
        case 'subscription_created':
          return `${plan} est actif`;
        case 'subscription_cancelled':
          return 'Votre abonnement a pris fin';
        case 'plan_upgraded':
        case 'plan_downgraded':
          return `Votre formule est maintenant ${plan}`;
        default:
          return `${plan} a été mis à jour`;
      }
    },
    privacy: 'Mes données',
    privacyNote: 'Tout ce que nous savons de vous, à garder ou à effacer.',
    export: 'Télécharger mes données',
    delete: 'Supprimer mon compte',
  },

  delete: {
    title: 'Supprimer mon compte',
    lead: 'C’est définitif.',
    consequences: [
      'Votre abonnement prend fin aussitôt\u00a0; ce qui est déjà payé n’est pas remboursé d’office.',
      'Votre rôle sur Discord est repris, et Moddy vous le dit une dernière fois.',
      'Votre adresse e-mail, votre identifiant Discord et ce que nous avons noté de votre activité sont effacés.',
      'Stripe garde vos factures, et nous leurs numéros de client et d’abonnement\u00a0: la loi le demande.',
    ],
    consequencesFree: [
      'Votre adresse e-mail, votre identifiant Discord et ce que nous avons noté de votre activité sont effacés.',
      'Si vous avez payé par le passé, Stripe garde vos factures, et nous leurs numéros\u00a0: la loi le demande.',
    ],
    confirm: 'Je veux que mon compte soit supprimé',
    submit: 'Supprimer définitivement mon compte',
    keep: 'Garder mon compte',
    doneTitle: 'Votre compte est supprimé',
    done: 'Votre abonnement, si vous en aviez un, a pris fin. Les dernières traces disparaissent une fois votre rôle repris, en quelques minutes. Au revoir, et merci.',
  },

  faults: {
    not_found: ['Cette page n’existe pas', 'L’adresse est peut-être mal écrite, ou la page a changé de place.'],
    broken: [
      'Quelque chose s’est cassé chez nous',
      'C’est noté. Réessayez\u00a0; si cela se reproduit, donnez-nous la référence ci-dessous.',
    ],
    unavailable: [
      'Nous revenons dans un instant',
      'Le site ne joint pas sa base de données. Rien n’est perdu\u00a0; réessayez dans une minute.',
    ],
    too_many: [
      'Un peu trop vite',
      'Il y a eu beaucoup d’essais en peu de temps. Attendez quelques minutes et réessayez.',
    ],
    too_large: ['Trop à la fois', 'Ce qui a été envoyé est plus grand que tout ce que ce site demande.'],
    cross_site: [
      'Cela ne vient pas de notre site',
      'Pour votre sécurité, nous ne faisons rien d’un formulaire envoyé d’ailleurs. Rouvrez la page et envoyez-le de là.',
    ],
    login_off: ['La connexion n’est pas disponible', 'Ce site n’est pas relié à Discord pour le moment.'],
    login_denied: [
      'Vous avez dit non à Discord',
      'Pas de souci\u00a0: rien n’a été partagé ni changé. Vous pourrez vous connecter quand vous voudrez.',
    ],
    login_stale: [
      'Cette connexion a expiré',
      'Elle a déjà servi, a commencé dans un autre navigateur, ou a duré plus de dix minutes. Recommencez.',
    ],
    login_refused: ['Discord a refusé la connexion', 'C’est noté. Réessayez dans quelques minutes.'],
    discord_down: [
      'Discord ne répond pas',
      'Discord semble avoir un problème. Rien n’a changé\u00a0; réessayez dans quelques minutes.',
    ],
    login_needed: [
      'Connectez-vous',
      'Cette page parle de votre compte\u00a0: connectez-vous avec Discord pour la voir.',
    ],
    session_expired: ['Votre session est terminée', 'Reconnectez-vous pour reprendre où vous en étiez.'],
    price_unknown: [
      'Ce prix n’existe pas',
      'Il a peut-être changé depuis que vous avez ouvert la page. Voyez les formules actuelles.',
    ],
    stripe_down: ['Stripe ne répond pas', 'Rien n’a été payé ni changé. Réessayez dans quelques minutes.'],
    no_customer: ['Il n’y a encore rien à gérer', 'Vous n’avez rien acheté ici jusqu’à présent.'],
    not_confirmed: [
      'Confirmez, s’il vous plaît',
      'Votre compte n’a pas été supprimé\u00a0: cochez la case pour dire que vous le voulez vraiment.',
    ],
  },
  reference: 'Référence',
};
